import { z } from 'zod';
import { knob } from '../core/knobs';
import type { ExtractedColumn, Extractor } from '../core/plugin';
import type { ModelKnobs } from './model-knobs';

/**
 * What must be known of a pretrained model before anything of it is loaded: the page's first load has room for no more. The
 * rest stands in `models/<id>.json`, and a test holds this to it.
 */
interface ModelCard {
  readonly id: string;
  readonly label: string;
  /** Pixels of a side of its input. */
  readonly side: number;
  /** Layers whose output can be the features, with its length; the first is the embedding. */
  readonly layers: Readonly<Record<string, number>>;
}

const cards: readonly ModelCard[] = [
  {
    id: 'mobilenet-v2',
    label: 'MobileNetV2',
    side: 224,
    layers: { embedding: 1280, block_12_add: 96, block_5_add: 32 },
  },
  {
    id: 'mobilenet-v1',
    label: 'MobileNetV1',
    side: 224,
    layers: { embedding: 1024, conv_pw_11_relu: 512, conv_pw_5_relu: 256 },
  },
  {
    id: 'mobilenet-v1-0.75',
    label: 'MobileNetV1, three quarters wide',
    side: 224,
    layers: { embedding: 768, conv_pw_11_relu: 384, conv_pw_5_relu: 192 },
  },
  {
    id: 'resnet50',
    label: 'ResNet50',
    side: 224,
    layers: { embedding: 2048, conv4_block6_out: 1024, conv3_block4_out: 512 },
  },
  {
    id: 'vgg16',
    label: 'VGG16',
    side: 224,
    layers: { embedding: 4096, fc1: 4096, block5_pool: 512, block4_pool: 512 },
  },
  {
    id: 'efficientnet-b0',
    label: 'EfficientNetB0',
    side: 224,
    layers: { embedding: 1280, block6d_add: 192, block4c_add: 80 },
  },
];

/** The pretrained models: each is fed by its own resize, from the decoded picture. */
export const modelExtractors: readonly Extractor<ModelKnobs>[] = cards.map(toExtractor);

function toExtractor({ id, label, side, layers }: ModelCard): Extractor<ModelKnobs> {
  return {
    id,
    label,
    knobs: z.strictObject({
      layer: knob(z.enum(Object.keys(layers)), 'embedding', {
        label: 'Layer',
        advanced: true,
        help: 'Whose output the features are; height and width are averaged away.',
      }),
      labels: knob(z.int().min(0).max(10), 0, {
        label: 'Labels',
        help: 'So many of the classes that it was trained on become columns with their scores: auto_label, auto_label_2, …',
      }),
    }),
    columns: (knobs) => [
      { kind: 'vector', name: id.replace(/[^a-z0-9]/g, '_'), length: layers[knobs.layer] },
      ...labelColumns(knobs.labels),
    ],
    inputSize: () => ({ width: side, height: side }),
    missing: async () => (await import('./find-model')).whyMissing(id, label),
    load: async (knobs, tools) => (await import('./extract-model')).extractModel(id, knobs, tools),
  };
}

/** Columns of the proposed labels: the first has no number. */
function labelColumns(count: number): readonly ExtractedColumn[] {
  return Array.from({ length: count }, (_, i): readonly ExtractedColumn[] => {
    const name = i === 0 ? 'auto_label' : `auto_label_${i + 1}`;
    return [
      { kind: 'text', name },
      { kind: 'number', name: `${name}_score` },
      ...(i === 0 ? [{ kind: 'text', name: 'auto_label_source' } as const] : []),
    ];
  }).flat();
}
