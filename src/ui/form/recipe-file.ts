import { saveText } from '../parts/save-text';
import { askInput } from '../source/pick';
import { useRecipe } from '../state/recipe-store';
import { messageOf } from '../state/source-store';
import { useView } from '../state/view-store';

/** Saves the recipe as `config.yaml`. */
export async function saveRecipe(): Promise<void> {
  const { stringify } = await import('yaml');
  saveText('config.yaml', stringify(useRecipe.getState().recipe), 'application/yaml');
}

/** Loads a recipe that the person picks. */
export async function pickRecipe(): Promise<void> {
  const [file] = await askInput({ folder: false, accept: '.yaml,.yml,.json' });
  if (file) await loadRecipeFile(file);
}

/** Loads a recipe from a YAML or JSON file; says what is wrong with it, or offers the way back. */
export async function loadRecipeFile(file: File): Promise<void> {
  const { parse } = await import('yaml');
  const { notify } = useView.getState();
  const { load, recipe } = useRecipe.getState();
  try {
    const problems = load(parse(await file.text()) as unknown);
    const [first] = problems;
    if (first) {
      const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
      notify(`${file.name} was not loaded. ${first.path}: ${first.message}${more}`, { tone: 'bad' });
    } else {
      notify(`Recipe loaded from ${file.name}.`, { undo: () => load(recipe) });
    }
  } catch (error) {
    notify(`${file.name} is not YAML: ${messageOf(error).split('\n')[0]}`, { tone: 'bad' });
  }
}
