import { X } from 'lucide-react';
import { useEffect } from 'react';
import { undoMs } from './state/run-store';
import { useView } from './state/view-store';

/** The line that says what was done, with the way back; it goes by itself. */
export function NoticeLine() {
  const notice = useView((state) => state.notice);
  const dismiss = useView((state) => state.dismiss);
  useEffect(() => {
    if (notice === null || notice.tone === 'bad') return;
    const timer = setTimeout(dismiss, undoMs);
    return () => clearTimeout(timer);
  }, [notice, dismiss]);
  return (
    <div className="notice-place" role={notice?.tone === 'bad' ? 'alert' : 'status'}>
      {notice ? (
        <p className="notice" data-tone={notice.tone}>
          <span>{notice.text}</span>
          {notice.undo ? (
            <button
              type="button"
              className="link"
              onClick={() => {
                notice.undo?.();
                dismiss();
              }}
            >
              Undo
            </button>
          ) : null}
          <button type="button" className="icon" onClick={dismiss}>
            <X size={14} aria-hidden="true" />
            <span className="hidden">Dismiss</span>
          </button>
        </p>
      ) : null}
    </div>
  );
}
