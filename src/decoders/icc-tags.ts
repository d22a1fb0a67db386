import { fourCharacters, hasText, u32be } from './bytes';

/** Whose colours a profile describes, or pixels are. */
export type ProfileSpace = 'GRAY' | 'RGB';

/** True for a profile of colours by tables of many dimensions (`A2B0`), which count before a matrix and curves (ICC.1:2022, 8.3 and 9). */
export function hasTables(profile: Uint8Array, space: ProfileSpace): boolean {
  return isProfile(profile, space) && findTag(profile, 'A2B0') !== null;
}

/** True for a grey profile that connects to CIELab, which browsers pass over. */
export function isGreyInLab(profile: Uint8Array): boolean {
  return isProfile(profile, 'GRAY') && isInLab(profile);
}

/** True for a profile of this colour space. */
export function isProfile(profile: Uint8Array, space: ProfileSpace): boolean {
  return (
    profile.length >= 132 && hasText(profile, 36, 'acsp') && fourCharacters(profile, 16).trim() === space
  );
}

/** True when it connects to CIELab. */
export const isInLab = (profile: Uint8Array) => fourCharacters(profile, 20) === 'Lab ';

/** Where a tag's data lie, or null when it is missing or leaves the profile. */
export function findTag(profile: Uint8Array, name: string): Uint8Array | null {
  const count = Math.min(u32be(profile, 128), Math.floor((profile.length - 132) / 12));
  for (let i = 0; i < count; i++) {
    const at = 132 + i * 12;
    if (fourCharacters(profile, at) !== name) continue;
    const start = u32be(profile, at + 4);
    const length = u32be(profile, at + 8);
    return start + length <= profile.length && length >= 12 ? profile.subarray(start, start + length) : null;
  }
  return null;
}
