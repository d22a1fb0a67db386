import { ZoomIn, ZoomOut } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { Bitmap } from '../parts/bitmap';
import { frameAt, panBy, wholeFrame, type ZoomView, zoomAt } from './zoom';

/** One of two pictures that are laid over each other. */
export interface Layer {
  readonly bitmap: ImageBitmap;
  readonly name: string;
  /** Where the picture lies in the frame: left, top, width and height in shares of the frame, which hides what is beyond. */
  readonly place: readonly [left: number, top: number, width: number, height: number];
}

interface CompareProps {
  readonly before: Layer;
  readonly after: Layer;
  /** Pixels of `after`, which fills the frame. */
  readonly width: number;
  readonly height: number;
}

/** Two pictures of the same thing, one over the other with a bar between them that moves, and enlarged down to their pixels. */
export function Compare({ before, after, width, height }: CompareProps) {
  const [bar, setBar] = useState(0.5);
  const [view, setView] = useState<ZoomView>(wholeFrame);
  const [pointed, setPointed] = useState<string | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const most = Math.max(8, Math.max(width, height) / 8); // eight pixels across are as near as anybody looks
  const zoom = (factor: number, at = { x: 0.5, y: 0.5 }) => setView((last) => zoomAt(last, factor, at, most));
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    // React listens passively to wheels, and a pinch must not enlarge the page as well.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const at = shareOf(element, event);
      setView((last) => zoomAt(last, 2 ** (-event.deltaY / 100), at, most));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [most]);

  const onDrag = (event: PointerEvent<HTMLDivElement>) => {
    const at = shareOf(event.currentTarget, event);
    setPointed(pixelWords(event.currentTarget, frameAt(view, at), width, height));
    if (event.buttons !== 1) return;
    if (view.scale === 1) return setBar(at.x);
    const { clientWidth, clientHeight } = event.currentTarget;
    setView((last) => panBy(last, { x: -event.movementX / clientWidth, y: -event.movementY / clientHeight }));
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[
      event.key
    ];
    if (event.key === '+' || event.key === '=') zoom(2);
    else if (event.key === '-') zoom(0.5);
    else if (event.key === '0') setView(wholeFrame);
    else if (step && view.scale > 1) setView((last) => panBy(last, { x: step[0], y: step[1] }));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // What is seen of the frame's share `bar`, in shares of the view.
  const cut = (bar - view.x) * view.scale + 0.5;
  const style = {
    '--ratio': width / height,
    '--scale': view.scale,
    '--x': view.x,
    '--y': view.y,
    '--cut': Math.min(1, Math.max(0, cut)),
    '--bar': bar,
  } as CSSProperties; // custom properties, which React's types do not list
  return (
    <figure className="compare" style={style}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is not a picture that can be moved about */}
      <div
        ref={frame}
        className="compare-frame"
        role="group"
        aria-label="Both pictures, one over the other. Plus and minus enlarge, arrows move, 0 shows all."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys
        tabIndex={0}
        data-near={view.scale > 2 || undefined}
        onKeyDown={onKey}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onDrag}
        onPointerLeave={() => setPointed(null)}
        onDoubleClick={(event) => zoom(event.shiftKey ? 0.5 : 2, shareOf(event.currentTarget, event))}
      >
        <div className="compare-plane">
          <LayerPicture layer={after} />
        </div>
        <div className="compare-plane compare-before">
          <LayerPicture layer={before} />
        </div>
        <div className="compare-bar" aria-hidden="true" />
      </div>
      <input
        type="range"
        className="compare-range"
        aria-label={`${before.name} left of the bar, ${after.name} right of it`}
        min={0}
        max={100}
        value={Math.round(bar * 100)}
        onChange={(event) => setBar(event.target.valueAsNumber / 100)}
      />
      <figcaption className="compare-foot">
        <span>{before.name}</span>
        <span className="compare-zoom">
          <button
            type="button"
            className="icon bordered"
            disabled={view.scale === 1}
            onClick={() => zoom(0.5)}
          >
            <ZoomOut size={16} aria-hidden="true" />
            <span className="hidden">Zoom out</span>
          </button>
          <button
            type="button"
            className="button small"
            disabled={view.scale === 1}
            onClick={() => setView(wholeFrame)}
          >
            {view.scale === 1
              ? 'whole'
              : `× ${view.scale < 10 ? view.scale.toFixed(1) : Math.round(view.scale)}`}
          </button>
          <button
            type="button"
            className="icon bordered"
            disabled={view.scale >= most}
            onClick={() => zoom(2)}
          >
            <ZoomIn size={16} aria-hidden="true" />
            <span className="hidden">Zoom in</span>
          </button>
        </span>
        <span>{after.name}</span>
      </figcaption>
      <p className="compare-pixel">{pointed ?? ' '}</p>
    </figure>
  );
}

function LayerPicture({ layer }: { readonly layer: Layer }) {
  const [left, top, width, height] = layer.place;
  const percent = (share: number) => `${share * 100}%`;
  return (
    <div
      className="compare-layer"
      style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}
    >
      <Bitmap bitmap={layer.bitmap} label={layer.name} />
    </div>
  );
}

/** Where in an element the pointer is, in shares of its sides. */
function shareOf(element: HTMLElement, { clientX, clientY }: { clientX: number; clientY: number }) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}

/** Says which pixel of the model's picture is pointed at and what its values are, as they are drawn. */
function pixelWords(frame: HTMLElement, at: { x: number; y: number }, width: number, height: number) {
  const x = Math.min(width - 1, Math.max(0, Math.floor(at.x * width)));
  const y = Math.min(height - 1, Math.max(0, Math.floor(at.y * height)));
  const context = frame.querySelector('canvas')?.getContext('2d');
  if (!context) return null;
  const [red, green, blue] = context.getImageData(x, y, 1, 1).data;
  return `pixel ${x}, ${y}: ${red} ${green} ${blue}`;
}
