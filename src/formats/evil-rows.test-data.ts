import { random } from '../base/random';
import type { Dtype, Row } from '../core/row';
import { splits } from '../core/split';
import { makeRow, makeTensor } from './memory-files';

/** Rows whose texts and numbers are as hard as file names and cameras make them. */
export function evilRows(dtype: Dtype): readonly Row[] {
  const numbers = random('formats', dtype);
  const half = () => {
    const bits = Math.floor(numbers.between(0, 65_536));
    return (bits & 0x7c00) === 0x7c00 ? bits & ~0x4000 : bits; // finite
  };
  const single = () => Math.fround((numbers.next() - 0.5) * 2 ** Math.floor(numbers.between(-140, 120)));
  const draw = { uint8: () => Math.floor(numbers.between(0, 256)), float16: half, float32: single }[dtype];
  return evilTexts.map((text, i) =>
    makeRow({
      key: `${i}/${text}`,
      label: i % 7 === 3 ? null : text,
      labelId: i % 7 === 3 ? -1 : i % 2,
      softLabels: i % 7 === 3 ? [] : softLabelsOf(text, i % 2, numbers.next()),
      split: splits[i % 3],
      copy: i % 4,
      tensor: makeTensor(
        dtype,
        [2, 2, 3],
        [draw(), ...(dtype === 'float32' ? [-0, 1e-45] : [0x8000, 1]), ...Array.from({ length: 9 }, draw)],
      ),
      augmentation:
        i % 2
          ? [
              { step: 'rotate', degrees: numbers.between(-15, 15) },
              { step: 'flip', on: true },
            ]
          : [],
      extra: { taken_at: text, label: '007', 'Größe, "cm"': '1e5', ...(i % 2 ? { zip: '' } : {}) },
      meta: {
        ...makeRow().meta,
        bytes: Math.floor(numbers.between(0, 2 ** 40)),
        exif:
          i % 3 === 0
            ? null
            : {
                date: '2024-02-29T12:34:56',
                make: text,
                model: i % 2 ? null : '0012',
                exposure: numbers.next(),
                fNumber: i % 2 ? null : 2.8,
                iso: 100,
                focalLength: 1 / 3,
                latitude: numbers.between(-90, 90),
                longitude: numbers.between(-180, 180),
                lens: i % 2 ? text : null,
                artist: text,
                copyright: null,
                description: text,
              },
      },
    }),
  );
}

/** One label, or two of which the first weighs more. */
function softLabelsOf(label: string, labelId: number, next: number): Row['softLabels'] {
  if (next < 0.3) return [{ label, labelId, weight: 1 }];
  const weight = Math.round((0.5 + next / 2) * 1e6) / 1e6;
  return [
    { label, labelId, weight },
    { label: 'other', labelId: 1 - labelId, weight: Math.round((1 - weight) * 1e6) / 1e6 },
  ];
}

const evilTexts = [
  'plain', 'with, comma', 'with "quotes"', '"', '""', ',', 'two\nlines', 'carriage\rreturn', 'both\r\nends', '\n', '\r',
  ' leading', 'trailing ', '\ttab\t', ' ', 'Ünïcödé', '日本語', '🐈‍⬛ cat', 'e\u0301', '\u00a0nbsp\u00a0', '\ufeffbom', 'NA', 'NaN', 'null',
  'None', 'N/A', 'nan', '-inf', 'Infinity', 'true', 'FALSE', '007', '1e5', '0x1F', '1_000', '2024-01-01', '=1+1', '+1', '-1', '@x', "'",
  '#comment', '\\', '\\N', '\\"', 'a\\,b', ';', '|', '%s', '{}', '[1]', '\u2028', '\u0085', '\u0001', '</script>', 'x'.repeat(5000),
]; // biome-ignore format: a table
