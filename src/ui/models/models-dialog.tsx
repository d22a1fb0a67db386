import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, type LibraryModel, type ModelLibrary } from '../api';
import { bytes, counted } from '../parts/format';
import { askInput } from '../source/pick';
import { messageOf } from '../state/source-store';

/** The pretrained models that are known: which can be used here, and how to get the others. */
export function ModelsDialog({ onClose }: { readonly onClose: () => void }) {
  const [library, setLibrary] = useState<ModelLibrary | null>(null);
  const [models, setModels] = useState<readonly LibraryModel[]>([]);
  useEffect(() => {
    void api.loadModelLibrary().then(setLibrary);
  }, []);
  useEffect(() => {
    void library?.listModels().then(setModels);
  }, [library]);
  const refresh = async () => setModels((await library?.listModels()) ?? []);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog models">
          <Dialog.Title className="dialog-title">Pretrained models</Dialog.Title>
          <Dialog.Description className="dialog-text">
            Their weights are downloaded once, from where their authors publish them, and kept in this
            browser. Your images stay here. The built-in descriptor needs none.
          </Dialog.Description>
          <ul>
            {library === null
              ? null
              : models.map((model) => (
                  <ModelRow key={model.manifest.id} model={model} library={library} onChange={refresh} />
                ))}
          </ul>
          <Dialog.Close className="icon dialog-close">
            <X size={16} aria-hidden="true" />
            <span className="hidden">Close</span>
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What goes on with a model. */
interface Work {
  readonly stop: AbortController;
  readonly done: number;
  readonly total: number | null;
}

interface RowProps {
  readonly model: LibraryModel;
  readonly library: ModelLibrary;
  readonly onChange: () => Promise<void>;
}

function ModelRow({ model: { manifest, place, bytes: size }, library, onChange }: RowProps) {
  const { id, label, embedding, licence, sources, citation } = manifest;
  const [work, setWork] = useState<Work | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => () => work?.stop.abort(), [work?.stop]);

  const attempt = async (task: (stop: AbortController) => Promise<unknown>) => {
    const stop = new AbortController();
    setProblem(null);
    setWork({ stop, done: 0, total: null });
    try {
      await task(stop);
    } catch (error) {
      if (!stop.signal.aborted) setProblem(messageOf(error));
    }
    setWork(null);
    await onChange();
  };
  const download = () =>
    attempt((stop) =>
      library.downloadModel(
        id,
        ({ bytes: done, total }) => setWork((now) => now && { ...now, done, total }),
        stop.signal,
      ),
    );
  const fromFolder = async () => {
    const files = await askInput({ folder: true });
    if (files.length > 0) await attempt(() => library.installModel(id, files));
  };
  const megabytes = sources[0]?.megabytes;
  const where = place === 'site' ? 'Beside this page' : place === 'browser' ? 'In this browser' : null;
  return (
    <li>
      <span className="model-name" title={citation}>
        {label}
      </span>
      <span className="soft" title={licence.note}>
        {counted(embedding.dimension, 'number')} · {licence.name}
        {where === null ? ` · about ${megabytes} MB` : ` · ${where}, ${bytes(size ?? 0)}`}
      </span>
      <span className="grow" />
      {work !== null ? (
        <>
          <progress
            aria-label={`Download of ${label}`}
            {...(work.total !== null && { value: work.done, max: work.total })}
          />
          <span className="soft">{bytes(work.done)}</span>
          <button type="button" className="button small" onClick={() => work.stop.abort()}>
            Stop
          </button>
        </>
      ) : (
        <>
          {place === null ? (
            <>
              <button type="button" className="button small" onClick={download}>
                Download
              </button>
              <button type="button" className="button small" onClick={fromFolder}>
                From a folder…
              </button>
            </>
          ) : null}
          {place === 'browser' ? (
            <button
              type="button"
              className="button small"
              onClick={() => attempt(() => library.removeModel(id))}
            >
              Remove
            </button>
          ) : null}
        </>
      )}
      {problem === null ? null : (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}
