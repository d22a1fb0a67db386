import { useEffect, useRef } from 'react';
import type { ImageRef } from '../../core/image';
import { heldThumbnail, makeThumbnail } from '../images/thumbnails';

/** An image's picture, at most `side` device pixels long. */
export function Thumb({
  image,
  side,
  label,
}: {
  readonly image: ImageRef;
  readonly side: number;
  /** What it shows; null where words beside it say so. */
  readonly label: string | null;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const abort = new AbortController();
    const paint = (bitmap: ImageBitmap | null) => {
      if (bitmap === null || abort.signal.aborted || canvas.current === null) return;
      canvas.current.width = bitmap.width;
      canvas.current.height = bitmap.height;
      canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0);
    };
    const held = heldThumbnail(image, side);
    if (held) paint(held);
    // Only an abort or the studio's end rejects; both mean that nobody waits for the picture.
    else makeThumbnail(image, side, abort.signal).then(paint, () => undefined);
    return () => abort.abort();
  }, [image, side]);
  if (label === null) return <canvas ref={canvas} width={1} height={1} />;
  return <canvas ref={canvas} width={1} height={1} role="img" aria-label={label} />;
}
