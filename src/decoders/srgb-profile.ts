/**
 * True for profiles that describe sRGB itself, as cameras, editors and libjxl embed them: converting from them costs time
 * and rounding and changes nothing.
 */
export function isPlainSrgb(profile: Uint8Array): boolean {
  // The description's text stands near the beginning, in ASCII (version 2) or UTF-16 (version 4).
  const text = String.fromCharCode(...profile.subarray(0, 1024).filter((byte) => byte !== 0));
  return /sRGB IEC ?61966-2[.-]1|sRGB built-in|(RGB|Gra)_D65_SRG_\w{3}_SRG/.test(text);
}
