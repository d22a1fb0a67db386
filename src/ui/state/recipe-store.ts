import { create } from 'zustand';
import { RecipeError, type RecipeProblem } from '../../core/failure';
import { parseRecipe, type Recipe } from '../../core/recipe';
import { api } from '../api';
import { type KnobPath, setAt } from '../form/path';

interface RecipeState {
  /** What the form shows; may be wrong. */
  readonly draft: unknown;
  /** The last draft that was right: what plan, preview and run use. */
  readonly recipe: Recipe;
  /** What is wrong with the draft, by path; empty when it is the recipe. */
  readonly problems: readonly RecipeProblem[];
  /** Turns one knob. */
  set(path: KnobPath, value: unknown): void;
  /** Takes a whole recipe, as from a file. Gives its problems and changes nothing when it has some. */
  load(input: unknown): readonly RecipeProblem[];
}

const first = parseRecipe({}, api.schema);

/** The recipe on the page. */
export const useRecipe = create<RecipeState>()((set, get) => ({
  draft: first,
  recipe: first,
  problems: [],
  set(path, value) {
    const draft = setAt(get().draft, path, value);
    set({ draft, ...check(draft, get().recipe) });
  },
  load(input) {
    const { recipe, problems } = check(input, get().recipe);
    if (problems.length === 0) set({ draft: recipe, recipe, problems });
    return problems;
  },
}));

/** The recipe that says nothing: every default. */
export const defaultRecipe = first;

function check(draft: unknown, last: Recipe): Pick<RecipeState, 'recipe' | 'problems'> {
  try {
    return { recipe: parseRecipe(draft, api.schema), problems: [] };
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    return { recipe: last, problems: error.problems };
  }
}
