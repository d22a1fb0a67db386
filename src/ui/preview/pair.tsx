import type { CSSProperties } from 'react';
import type { PreviewPicture, PreviewShown } from '../api';
import { Bitmap } from '../parts/bitmap';
import { bytes, figure } from '../parts/format';

interface PairProps {
  readonly shown: PreviewShown;
  /** The row on the right: the plain one or a copy. */
  readonly row: PreviewPicture;
  readonly rowName: string;
}

/** Original and model's view side by side, each with its figures. */
export function Pair({ shown, row, rowName }: PairProps) {
  const { original, meta } = shown;
  const { width, height } = meta.oriented;
  const { tensor } = row;
  return (
    <div className="pair">
      <figure>
        <div className="picture" style={ratioOf(original)}>
          <Bitmap bitmap={original} label={`Original, ${width} by ${height} pixels`} />
          <SourceBox shown={shown} />
        </div>
        <figcaption>
          <b>Original</b>
          <dl className="figures">
            <Figure name="pixels" value={`${width} × ${height}`} />
            <Figure name="file" value={bytes(meta.bytes)} />
            <Figure name="sha256" value={`${meta.sha256.slice(0, 8)}…`} />
          </dl>
        </figcaption>
      </figure>
      <figure>
        <div
          className="picture"
          style={ratioOf(row.bitmap)}
          data-enlarged={row.bitmap.width < 200 || undefined}
        >
          <Bitmap bitmap={row.bitmap} label={`${rowName}, ${tensor.shape.join(' by ')} values`} />
        </div>
        <figcaption>
          <b>{rowName}</b>
          <dl className="figures">
            <Figure name="shape" value={`[${tensor.shape.join(', ')}]`} />
            <Figure name="dtype" value={tensor.dtype} />
            <Figure name="min" value={figure(tensor.min)} />
            <Figure name="max" value={figure(tensor.max)} />
            <Figure name="mean" value={figure(tensor.mean)} />
            <Figure name="std" value={figure(tensor.std)} />
          </dl>
        </figcaption>
      </figure>
    </div>
  );
}

/** Darkens what the plain picture leaves out of the original. */
function SourceBox({ shown }: { readonly shown: PreviewShown }) {
  const { width, height } = shown.decoded;
  const { left, top, right, bottom } = shown.place.box;
  if (left < 0.5 && top < 0.5 && right > width - 0.5 && bottom > height - 0.5) return null;
  return (
    <svg
      className="picture-box"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        className="picture-outside"
        fillRule="evenodd"
        d={`M0 0H${width}V${height}H0Z M${left} ${top}H${right}V${bottom}H${left}Z`}
      />
      <rect className="picture-inside" x={left} y={top} width={right - left} height={bottom - top} />
    </svg>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function ratioOf({ width, height }: ImageBitmap): CSSProperties {
  // A custom property, which React's types do not list.
  return { '--ratio': width / height } as CSSProperties;
}
