import { efficientnetB0 } from './efficientnet-b0';
import type { Topology } from './layer-graph';
import { mobilenetV1 } from './mobilenet-v1';
import { mobilenetV2 } from './mobilenet-v2';
import { resnet50 } from './resnet50';
import { vgg16 } from './vgg16';

/** The networks that we draw ourselves, by the name under which a manifest refers to them. */
export const topologies = {
  'mobilenet-v1-1.0': () => mobilenetV1(1),
  'mobilenet-v1-0.75': () => mobilenetV1(0.75),
  'mobilenet-v2': mobilenetV2,
  resnet50,
  vgg16,
  'efficientnet-b0': efficientnetB0,
} as const satisfies Record<string, () => Topology>;

export type TopologyName = keyof typeof topologies;
