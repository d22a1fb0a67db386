import { lazy, Suspense, useState } from 'react';

const ModelsDialog = lazy(() => import('./models-dialog').then((m) => ({ default: m.ModelsDialog })));

/** Opens the list of pretrained models. */
export function ModelsButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button small" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Pretrained models…
      </button>
      {open ? (
        <Suspense fallback={null}>
          <ModelsDialog onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
