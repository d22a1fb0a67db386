import efficientnetB0 from '../../models/efficientnet-b0.json';
import mobilenetV1 from '../../models/mobilenet-v1.json';
import mobilenetV1Narrow from '../../models/mobilenet-v1-0.75.json';
import mobilenetV2 from '../../models/mobilenet-v2.json';
import resnet50 from '../../models/resnet50.json';
import vgg16 from '../../models/vgg16.json';
import { type ModelManifest, modelManifest } from './model-manifest';

/** The models that are known by name. @throws ZodError when a manifest is not what it should be, which a test rules out. */
export function knownModels(): readonly ModelManifest[] {
  return [mobilenetV2, mobilenetV1, mobilenetV1Narrow, resnet50, vgg16, efficientnetB0].map((manifest) =>
    modelManifest.parse(manifest),
  );
}

/** A model's class names in the order of its outputs: its own, ImageNet's, or bare numbers. */
export async function classNamesOf({ classes }: ModelManifest): Promise<readonly string[]> {
  if (classes === null) return [];
  if (Array.isArray(classes.names)) return classes.names;
  if (classes.names === null) return Array.from({ length: classes.count }, (_, i) => String(i));
  return (await import('../../models/imagenet.classes.json')).names;
}
