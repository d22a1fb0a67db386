import type { CSSProperties } from 'react';
import type { Recipe } from '../../core/recipe';
import type { PreviewResult } from '../api';
import { Bitmap } from '../parts/bitmap';
import { bytes, figure } from '../parts/format';
import { coverBox } from './source-box';

/** Original and model's view side by side, each with its figures. */
export function Pair({ result, recipe }: { readonly result: PreviewResult; readonly recipe: Recipe }) {
  const { original, seen, meta, shape, dtype } = result;
  const { width, height } = meta.oriented;
  const wanted = { width: recipe.image.width, height: recipe.image.height };
  const box = recipe.image.fit === 'cover' ? coverBox(meta.oriented, wanted) : null;
  const outside = box && (box.left > 0.5 || box.top > 0.5);
  return (
    <div className="pair">
      <figure>
        <div className="picture" style={ratioOf(original)}>
          <Bitmap bitmap={original} label={`Original, ${width} by ${height} pixels`} />
          {box && outside ? (
            <svg
              className="picture-box"
              viewBox={`0 0 ${width} ${height}`}
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              <path
                className="picture-outside"
                fillRule="evenodd"
                d={`M0 0H${width}V${height}H0Z M${box.left} ${box.top}H${box.right}V${box.bottom}H${box.left}Z`}
              />
              <rect
                className="picture-inside"
                x={box.left}
                y={box.top}
                width={box.right - box.left}
                height={box.bottom - box.top}
              />
            </svg>
          ) : null}
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
        <div className="picture" style={ratioOf(seen)} data-enlarged={seen.width < 200 || undefined}>
          <Bitmap bitmap={seen} label={`What the model sees, ${shape.join(' by ')} values`} />
        </div>
        <figcaption>
          <b>What the model sees</b>
          <dl className="figures">
            <Figure name="shape" value={`[${shape.join(', ')}]`} />
            <Figure name="dtype" value={dtype} />
            <Figure name="min" value={figure(result.min)} />
            <Figure name="max" value={figure(result.max)} />
            <Figure name="mean" value={figure(result.mean)} />
            <Figure name="std" value={figure(result.std)} />
          </dl>
        </figcaption>
      </figure>
    </div>
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
