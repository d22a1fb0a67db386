import type { Metadata } from '../core/image';
import type { Privacy } from '../core/privacy';
import { hasText, u16be, u32be } from './bytes';
import { decodeText, plainDate, plainText } from './plain-values';

/** What IPTC-IIM records say, and whether they name people. */
export interface IptcFacts {
  readonly values: Partial<Metadata>;
  readonly privacy: Pick<Privacy, 'owner'>;
}

/**
 * Reads IPTC-IIM records (IIM version 4.2): by-line, copyright notice, caption, and the date that the picture was
 * created. Stops at the first byte that begins no record.
 */
export function readIptc(block: Uint8Array): IptcFacts {
  const found = new Map<number, string[]>();
  let at = 0;
  while (at + 5 <= block.length && block[at] === 0x1c) {
    const [record, dataset] = [block[at + 1], block[at + 2]];
    const length = u16be(block, at + 3);
    // A set high bit announces an extended length, which no text that is read here has.
    if (length > 0x7fff || at + 5 + length > block.length) break;
    const value = record === 2 ? plainText(decodeText(block.subarray(at + 5, at + 5 + length))) : null;
    if (value !== null) found.set(dataset, [...(found.get(dataset) ?? []), value].slice(0, mostRepeats));
    at += 5 + length;
  }
  const text = (dataset: number) => found.get(dataset)?.join('; ') ?? null;
  return {
    values: {
      date: createdAt(text(55), text(60)),
      artist: text(80),
      copyright: text(116),
      description: text(120),
    },
    // By-line, contact, caption writer.
    privacy: { owner: [80, 118, 122].some((dataset) => found.has(dataset)) },
  };
}

/** Few pictures have more authors; a block of nothing but records would else cost its square. */
const mostRepeats = 100;

/** `20081022` and `164321+0200` as a date of the camera's local time; a date without a time is no moment. */
function createdAt(date: string | null, time: string | null): string | null {
  const day = /^(\d{4})(\d\d)(\d\d)$/.exec(date ?? '');
  const clock = /^(\d\d)(\d\d)(\d\d)(?:[+-]\d{4})?$/.exec(time ?? '');
  return day && clock && plainDate(`${day.slice(1).join('-')}T${clock.slice(1, 4).join(':')}`);
}

/** Finds the IPTC block among Photoshop's image resources (Photoshop file formats, "Image Resources"); null without. */
export function iptcOfPhotoshop(resources: Uint8Array): Uint8Array | null {
  let at = 0;
  while (at + 12 <= resources.length && hasText(resources, at, '8BIM')) {
    const id = u16be(resources, at + 4);
    const nameBytes = resources[at + 6] + 1;
    const sizeAt = at + 6 + nameBytes + (nameBytes & 1);
    if (sizeAt + 4 > resources.length) return null;
    const size = u32be(resources, sizeAt);
    if (id === 0x0404) return resources.subarray(sizeAt + 4, sizeAt + 4 + size);
    at = sizeAt + 4 + size + (size & 1);
  }
  return null;
}
