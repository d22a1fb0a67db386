import { useSyncExternalStore } from 'react';
import type { ImageMeta, Metadata } from '../../core/image';
import type { PlannedImage } from '../../core/plan';
import { bytes, day } from '../parts/format';
import { lookAt, subscribeLooks } from './thumbnails';

/** The line below the grid: what is known of the image under the pointer or the focus. */
export function Details({ image }: { readonly image: PlannedImage | null }) {
  const look = useSyncExternalStore(subscribeLooks, () => (image ? lookAt(image.ref) : null));
  if (image === null) {
    return (
      <p className="details details-idle">
        Point at an image, or move with the arrow keys. Enter opens the preview.
      </p>
    );
  }
  const { ref, split } = image;
  return (
    <p className="details">
      <b className="details-key">{ref.key}</b>
      {look?.ok ? <span>{describeMeta(look.meta)}</span> : null}
      {look?.ok && look.meta.damaged ? <span className="bad">Damaged: {look.meta.damaged}</span> : null}
      {look && !look.ok ? <span className="bad">{look.failure.message}</span> : null}
      {ref.bytes === null ? null : <span>{bytes(ref.bytes)}</span>}
      <span>{split}</span>
    </p>
  );
}

/** Says in one line what a file's header and EXIF tell. */
export function describeMeta(meta: ImageMeta): string {
  const { format, oriented, mode, orientation, exif } = meta;
  const parts = [
    format.toUpperCase(),
    `${oriented.width} × ${oriented.height}`,
    mode === 'unknown' ? null : mode,
    orientation > 1 ? `rotated by EXIF (${orientation})` : null,
    meta.frames > 1 ? `${meta.frames} frames` : null,
    exif ? describeExif(exif) : null,
  ];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

function describeExif(exif: Metadata): string {
  const make = exif.make && !exif.model?.startsWith(exif.make) ? exif.make : null;
  const camera = [make, exif.model].filter((part) => part !== null).join(' ');
  const taken = exif.date === null ? null : new Date(exif.date);
  const exposure = exif.exposure === null ? null : shutter(exif.exposure);
  const parts = [
    camera,
    taken && !Number.isNaN(taken.getTime()) ? day(taken) : null,
    exposure,
    exif.fNumber === null ? null : `f/${exif.fNumber}`,
    exif.iso === null ? null : `ISO ${exif.iso}`,
  ];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

const shutter = (seconds: number) => (seconds < 0.5 ? `1/${Math.round(1 / seconds)} s` : `${seconds} s`);
