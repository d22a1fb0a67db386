import { Copy, FolderOpen, Save } from 'lucide-react';
import { useMemo } from 'react';
import { api } from '../api';
import { ModelsButton } from '../models/models-button';
import { counted } from '../parts/format';
import { defaultRecipe, useRecipe } from '../state/recipe-store';
import { useSources } from '../state/source-store';
import { useView } from '../state/view-store';
import { AugmentSteps } from './augment-steps';
import { copyAsCommand } from './command';
import { Fields } from './fields';
import { OutputSection } from './output-section';
import { namedById, PluginKnobs } from './plugin-knobs';
import { pickRecipe, saveRecipe } from './recipe-file';
import { sectionNamed, sections } from './sections';

/** Sections that stand elsewhere: what decides the plan is at the left, beside what it shows. */
const elsewhere = new Set(['source', 'labels', 'split', '', 'output', 'features']);

/** Order in which people think of a recipe; sections that are not named here follow in the schema's order. */
const order = ['image', 'augment', 'normalise', 'decode'];

/** The recipe as a form, derived from its schema. */
export function RecipePanel() {
  const enabled = useRecipe((state) => state.recipe.augment.enabled);
  const shown = sections().filter(({ name }) => !elsewhere.has(name));
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const input = useSources((state) => state.input);
  const notify = useView((state) => state.notify);
  const copy = async () => {
    const { recipe } = useRecipe.getState();
    await navigator.clipboard.writeText(copyAsCommand(recipe, defaultRecipe, sections(), input));
    const isSample = input === null || input.type === 'sample';
    notify(`The command is copied.${isSample ? '' : ' Put the real path of the folder after --input.'}`);
  };
  return (
    <div className="recipe">
      <Strays />
      {[...shown]
        .sort((a, b) => rank(a.name) - rank(b.name))
        .map(({ name, fields }) => (
          <section key={name} aria-label={titleOf(name)}>
            <h2>{titleOf(name)}</h2>
            <Fields fields={fields} />
            {name === 'augment' && enabled ? <AugmentSteps /> : null}
          </section>
        ))}
      <FeaturesSection />
      <EngineSection />
      <OutputSection />
      <div className="recipe-tools">
        <button type="button" className="button" onClick={saveRecipe}>
          <Save size={14} aria-hidden="true" />
          Save recipe
        </button>
        <button type="button" className="button" onClick={pickRecipe}>
          <FolderOpen size={14} aria-hidden="true" />
          Load
        </button>
        <button type="button" className="button" onClick={copy}>
          <Copy size={14} aria-hidden="true" />
          Copy as command
        </button>
      </div>
    </div>
  );
}

/** What is measured of every picture: extractors as chips, and the knobs that matter once one is chosen. */
function FeaturesSection() {
  const chosen = useRecipe((state) => state.recipe.features.extractors);
  const fields = useMemo(
    () => sectionNamed('features').fields.map((field) => namedById(field, api.registry.extractors)),
    [],
  );
  return (
    <section aria-label="Features">
      <h2>Features</h2>
      <Fields fields={fields.filter(({ name }) => name === 'extractors' || chosen.length > 0)} />
      <PluginKnobs plugins={api.registry.extractors} chosen={chosen} path={optionsPath} />
      <ModelsButton />
    </section>
  );
}

/** What stands at the recipe's top level beside the seed, which is at the left with the split. */
function EngineSection() {
  const fields = sectionNamed('').fields.filter(({ name }) => name !== 'seed');
  return (
    <section aria-label="Engine">
      <h2>Engine</h2>
      <Fields fields={fields} />
    </section>
  );
}

const optionsPath = ['features', 'options'];

/** Says that something is wrong, since the field may be out of sight. */
function Strays() {
  const problems = useRecipe((state) => state.problems);
  if (problems.length === 0) return null;
  return (
    <div className="problems-box" role="status">
      <b>{counted(problems.length, 'value')} to correct before a run</b>
      <ul>
        {problems.map(({ path, message }) => (
          <li key={path + message}>
            <code>{path}</code> {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function titleOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
