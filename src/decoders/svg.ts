import { type Outcome, succeeded } from '../core/failure';
import type { Header, Size } from '../core/image';
import type { Decoder } from '../core/plugin';
import { corrupt, unsupported } from './damage';

/**
 * SVG drawings, drawn by resvg at their own size: width and height, or the view box. Neither scripts nor other files are
 * reached, so a drawing that wants a font or a picture of elsewhere is refused rather than drawn without.
 */
export const svg: Decoder = {
  id: 'svg',
  label: 'SVG',
  reduces: false,
  heavy: () => true,
  readHeader,
  findDamage: () => null, // XML that is cut off does not parse
  async decode(bytes, _header, request) {
    const { decodeSvg } = await import('./vips-classic');
    return decodeSvg(bytes, request);
  },
};

function readHeader(bytes: Uint8Array): Outcome<Header> {
  if (bytes[0] >= 0xfe) return unsupported('The SVG is in UTF-16.', 'Save it in UTF-8, or export it as PNG.');
  const text = new TextDecoder().decode(bytes).replace(/<!--[\s\S]*?-->/g, '');
  const tag = /<(?:[\w-]+:)?svg\b((?:[^>"']|"[^"]*"|'[^']*')*)>/.exec(text);
  if (tag === null) return corrupt('The SVG has no complete <svg> element.');
  const missing = outside.find(([pattern]) => pattern.test(text));
  if (missing !== undefined) return unsupported(`The SVG ${missing[1]}.`, 'Export it as PNG first.');
  const size = sizeOf(tag[1]);
  if (size === null)
    return unsupported('The SVG has neither a size nor a view box.', 'Export it as PNG first.');
  if (size.width < 1 || size.height < 1) {
    return corrupt(`The SVG's header declares ${size.width} × ${size.height} pixels.`);
  }
  return succeeded({
    format: 'svg',
    size,
    mode: 'RGBA',
    alpha: true,
    frames: 1,
    exif: null,
    xmp: null,
    iptc: null,
    orientation: 1,
    profile: false,
  });
}

/** What would be left out in silence. */
const outside: readonly (readonly [RegExp, string])[] = [
  [/<(?:[\w-]+:)?text[\s/>]/, 'has text, for which there are no fonts here'],
  [/<(?:[\w-]+:)?foreignObject[\s/>]/, 'holds HTML, which is not drawn'],
  [/<(?:[\w-]+:)?image\b[^>]*\shref\s*=\s*["'](?!\s*data:)/, 'shows a picture from another file'],
  [/<(?:[\w-]+:)?image\b[^>]*:href\s*=\s*["'](?!\s*data:)/, 'shows a picture from another file'],
];

/** Width and height as resvg has them: what is missing or in percent is the view box's, in its proportion. */
function sizeOf(attributes: string): Size | null {
  const attribute = (name: string) =>
    new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes)?.slice(1).join('') ??
    null;
  const [, , boxWidth, boxHeight] = (attribute('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const box = boxWidth > 0 && boxHeight > 0 ? { width: boxWidth, height: boxHeight } : null;
  const width = length(attribute('width'), box?.width);
  const height = length(attribute('height'), box?.height);
  if (width !== null && height !== null) return rounded(width, height);
  if (box === null) return null;
  if (width !== null) return rounded(width, (width * box.height) / box.width);
  if (height !== null) return rounded((height * box.width) / box.height, height);
  return rounded(box.width, box.height);
}

const rounded = (width: number, height: number): Size => ({
  width: Math.round(width),
  height: Math.round(height),
});

/** A length in pixels (CSS: 96 to the inch), or null. */
function length(text: string | null, whole: number | undefined): number | null {
  const match = /^\s*\+?(\d*\.?\d+(?:e[-+]?\d+)?)\s*([a-z%]*)\s*$/i.exec(text ?? '');
  if (match === null) return null;
  const unit = match[2].toLowerCase();
  if (unit === '%') return whole === undefined ? null : (Number(match[1]) * whole) / 100;
  const pixels = units.get(unit);
  return pixels === undefined ? null : Number(match[1]) * pixels;
}

/** em and ex are of resvg's default font size, 12. */
const units: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['px', 1],
  ['pt', 96 / 72],
  ['pc', 16],
  ['in', 96],
  ['cm', 96 / 2.54],
  ['mm', 96 / 25.4],
  ['em', 12],
  ['ex', 6],
]);
