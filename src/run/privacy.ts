import { type Privacy, privacyMarks } from '../core/privacy';
import type { RunReport } from '../core/report';
import { registry } from './registry';

/**
 * Tells in sentences what the images of a run carry that is private, and which of it the run's own files hold, by the
 * formats and the knobs of its recipe.
 */
export function tellPrivacy({
  privacy,
  metrics,
  recipe,
}: Pick<RunReport, 'privacy' | 'metrics' | 'recipe'>): readonly string[] {
  const images = metrics.images_processed;
  const carried = privacyMarks.filter((mark) => privacy[mark] > 0);
  if (carried.length === 0) {
    return [
      `None of ${imagesOf(images)} carries a GPS position, a serial number, a person’s name or face regions.`,
    ];
  }
  const found = carried.map((mark, i) => {
    const of = i === 0 ? ` of ${imagesOf(images)}` : '';
    return `${count(privacy[mark])}${of} ${privacy[mark] === 1 ? 'carries' : 'carry'} ${words[mark]}`;
  });
  return [`${found.join(', ')}.`, ...picturesTell(recipe), ...columnsTell({ privacy, recipe })];
}

const words: Readonly<Record<keyof Privacy, string>> = {
  gps: 'a GPS position',
  serial: 'a serial number',
  owner: 'the name of an owner or a person',
  faces: 'face regions',
};

function picturesTell({ output }: RunReport['recipe']): readonly string[] {
  const pictures = registry.formats.some(
    ({ id, needs }) => output.formats.includes(id) && needs((output.options[id] ?? {}) as never).picture,
  );
  if (!pictures) return [];
  return output.picture_metadata === 'strip'
    ? ['None of it is in the re-encoded pictures.']
    : ['The re-encoded pictures carry the EXIF of their files, with positions, serial numbers and names.'];
}

function columnsTell({ privacy, recipe }: Pick<RunReport, 'privacy' | 'recipe'>): readonly string[] {
  const { exif, gps, personal } = recipe.decode;
  const sentences: string[] = [];
  if (privacy.gps > 0) {
    sentences.push(
      exif && gps
        ? 'The GPS columns are on: tables give the positions.'
        : 'The GPS columns are off: no table gives a position.',
    );
  }
  if (privacy.owner > 0 && exif) {
    const columns = personal
      ? 'artists, copyright notices and descriptions'
      : 'copyright notices and descriptions';
    sentences.push(`Tables give ${columns} as they are written, which may name people.`);
  }
  return sentences;
}

const whole = new Intl.NumberFormat('en');
const count = (value: number) => whole.format(value);
const imagesOf = (images: number) => `${count(images)} ${images === 1 ? 'image' : 'images'}`;
