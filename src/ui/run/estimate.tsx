import { dtypeBytes } from '../../core/row';
import { api } from '../api';
import { bytes, counted } from '../parts/format';
import { useRecipe } from '../state/recipe-store';
import { useSources } from '../state/source-store';

/** What a run will give: rows, formats, and the size of the arrays where it is known before the first pixel. */
export function Estimate() {
  const plan = useSources((state) => state.plan);
  const { decode, image, normalise, output } = useRecipe((state) => state.recipe);
  if (plan === null || plan.images.length === 0) return null;
  const rows = plan.shards.reduce((sum, shard) => sum + shard.rows, 0);
  const arrays = api.registry.formats.filter(
    // Knobs were parsed with the recipe by the format's own schema.
    ({ id, needs }) => output.formats.includes(id) && needs((output.options[id] ?? {}) as never).tensor,
  );
  const fixed = image.fit === 'cover' || image.fit === 'contain' || image.fit === 'stretch';
  const channels = image.colour === 'grey' ? 1 : 3;
  const size = rows * image.width * image.height * channels * dtypeBytes[normalise.dtype];
  const parts = [
    // How many frames a file has is known when it is opened.
    `${counted(plan.images.length, 'image')} give ${decode.frames === 'every' ? 'at least ' : ''}${counted(rows, 'row')}`,
    output.formats.join(', '),
    fixed && arrays.length > 0 ? `about ${bytes(size)} of arrays` : null,
    output.target === 'zip' ? 'in a zip' : 'in a folder that you choose next',
    plan.shards.length > 1 ? counted(plan.shards.length, 'shard') : null,
  ];
  return <>{parts.filter((part) => part !== null).join(' · ')}</>;
}
