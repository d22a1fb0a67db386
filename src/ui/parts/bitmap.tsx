import { useEffect, useRef } from 'react';

/** A bitmap drawn into a canvas, with a name for those who do not see it. */
export function Bitmap(props: {
  readonly bitmap: ImageBitmap;
  readonly label: string;
  readonly className?: string;
}) {
  const { bitmap, label, className } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    // A closed bitmap has no size: its owner replaced it, and the next one is on its way.
    if (canvas.current && bitmap.width > 0) canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return (
    <canvas
      ref={canvas}
      width={bitmap.width}
      height={bitmap.height}
      className={className}
      role="img"
      aria-label={label}
    />
  );
}
