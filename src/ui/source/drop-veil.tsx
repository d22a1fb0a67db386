import { useView } from '../state/view-store';
import { useDropAnywhere } from './drop';

/** Says that the page takes what is being dragged over it, wherever it is dropped. */
export function DropVeil() {
  useDropAnywhere();
  const dragging = useView((state) => state.dragging);
  return dragging ? (
    <div className="drop-veil" aria-hidden="true">
      <p>Drop to add</p>
    </div>
  ) : null;
}
