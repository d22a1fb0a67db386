import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useView } from './state/view-store';

const shortcuts = [
  ['1 to 5', 'Images, Preview, Labels, Problems, Results'],
  ['a, x, u, 1 to 5 in Labels', 'Accept, refuse, undo, choose'],
  ['Arrow keys', 'Move among the images; with Shift, select'],
  ['Space', 'Select the image'],
  ['Ctrl A, Esc', 'Select all, none'],
  ['Enter', 'Open the image in the preview'],
  ['← →', 'Image before, image after, in the preview'],
  ['R', 'Reroll the augmented copies'],
  ['/', 'Filter the images'],
  ['Ctrl Enter', 'Run'],
  ['P', 'Pause or resume the run'],
  ['?', 'This page'],
] as const;

/** What the page is for, and its keyboard. */
export function HelpDialog() {
  const { helpOpen, change } = useView();
  return (
    <Dialog.Root open={helpOpen} onOpenChange={(open) => change({ helpOpen: open })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">Imagemill</Dialog.Title>
          <Dialog.Description className="dialog-text">
            Add images, look at what the model will see, press Run. Images are read and written on this
            computer; none is uploaded, and the page makes no request of its own.
          </Dialog.Description>
          <table className="keys">
            <caption className="hidden">Keyboard shortcuts</caption>
            <tbody>
              {shortcuts.map(([keys, what]) => (
                <tr key={keys}>
                  <th scope="row">
                    <kbd>{keys}</kbd>
                  </th>
                  <td>{what}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Dialog.Close className="icon dialog-close">
            <X size={16} aria-hidden="true" />
            <span className="hidden">Close</span>
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
