import type { Dataset, Group } from 'jsfive';
import { RunError } from './failure';

/** Keras' weights as they lie in an HDF5 file: layers in the network's order, those without weights left out. */
export type KerasWeights = readonly KerasLayerWeights[];

export interface KerasLayerWeights {
  readonly layer: string;
  /** In Keras' order. */
  readonly weights: readonly KerasWeight[];
}

export interface KerasWeight {
  /** As Keras names it: `conv1/kernel:0`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** A copy of the values. */
  read(): Float32Array<ArrayBuffer>;
}

/**
 * Reads the weights that Keras wrote by `save_weights('….h5')` or `save('….h5')`, up to and including version 2, and its
 * published files: attributes `layer_names` and `weight_names` on groups, in pieces where they are long
 * (`legacy_h5_format.py`).
 * @throws RunError `features` when it is no such file.
 */
export async function readKerasWeights(bytes: ArrayBuffer): Promise<KerasWeights> {
  const { File } = await import('jsfive');
  return guarded(() => {
    const root = new File(bytes);
    const group = root.keys.includes('model_weights') ? root.get('model_weights') : root;
    if (!isGroup(group) || !('layer_names' in group.attrs || 'layer_names0' in group.attrs))
      throw refusal(
        root.keys.includes('layers')
          ? 'it is of Keras 3’s own format (.weights.h5). Save the weights with a name that ends in .h5 alone, by Keras 2'
          : 'it has no attribute layer_names',
      );
    return names(group, 'layer_names')
      .map((layer) => readLayer(bytes, group, layer))
      .filter(({ weights }) => weights.length > 0);
  });
}

function readLayer(bytes: ArrayBuffer, parent: Group, layer: string): KerasLayerWeights {
  const group = parent.get(layer);
  if (!isGroup(group)) throw refusal(`its layer ${layer} is not there`);
  const weights = names(group, 'weight_names').map((name): KerasWeight => {
    const dataset = group.get(name);
    if (dataset === null || isGroup(dataset)) throw refusal(`its weight ${name} is not there`);
    return { name, shape: [...dataset.shape], read: () => guarded(() => readValues(bytes, dataset)) };
  });
  return { layer, weights };
}

/** Attributes of over 64 KB are cut into pieces with numbers behind their names. */
function names(group: Group, attribute: string): readonly string[] {
  const whole = group.attrs[attribute];
  const pieces: unknown[] = [];
  if (whole !== undefined) pieces.push(whole);
  for (let i = 0; whole === undefined && `${attribute}${i}` in group.attrs; i++)
    pieces.push(group.attrs[`${attribute}${i}`]);
  return pieces.flat().map((name) => String(name).replace(/\0+$/, ''));
}

/** Datasets that lie in one piece are copied at once: jsfive gives a JavaScript number for each value, of which VGG16 has 138 million. */
function readValues(bytes: ArrayBuffer, dataset: Dataset): Float32Array<ArrayBuffer> {
  const count = dataset.shape.reduce((a, b) => a * b, 1);
  const header = dataset._dataobjects;
  const offset = header.find_msg_type(dataLayout)[0]?.get('offset_to_message');
  if (dataset.dtype === '<f4' && offset !== undefined) {
    const [, , layout, at] = header._get_data_message_properties(offset);
    const start = layout === contiguous ? new DataView(bytes).getBigUint64(at, true) : null;
    if (start !== null && start + BigInt(count * 4) <= BigInt(bytes.byteLength))
      return new Float32Array(bytes.slice(Number(start), Number(start) + count * 4));
  }
  // Before jsfive takes memory by what a header claims: no value is packed to less than a bit.
  if (count > bytes.byteLength * 8) throw refusal(`it ends before its ${count} values`);
  const values = dataset.value;
  if (values.length !== count) throw refusal(`it ends before its ${count} values`);
  return Float32Array.from(values);
}

/** Header message and layout class of the HDF5 file format, IV.A.2.i. */
const dataLayout = 0x0008;
const contiguous = 1;

const isGroup = (found: Group | Dataset | null): found is Group => found !== null && !('dtype' in found);

const refusal = (why: string) =>
  new RunError('features', `These are no weights that Keras wrote as HDF5: ${why}.`);

/** jsfive throws strings, and ranges where a file is cut off. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw refusal(`reading it ends with “${error instanceof Error ? error.message : String(error)}”`);
  }
}
