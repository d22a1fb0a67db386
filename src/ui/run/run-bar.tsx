import { Pause, Play, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { RunSnapshot } from '../../core/report';
import { count, counted, duration, rate } from '../parts/format';
import { togglePause } from '../shortcuts';
import { useRecipe } from '../state/recipe-store';
import { isBusy, useRun } from '../state/run-store';
import { useSources } from '../state/source-store';
import { useView } from '../state/view-store';
import { Estimate } from './estimate';

/** Always in sight: run, how far it is, pause, cancel. */
export function RunBar() {
  const { run, snapshot, stopped, start } = useRun();
  const ready = useSources((state) => (state.plan?.images.length ?? 0) > 0);
  const wrong = useRecipe((state) => state.problems.length);
  const show = useView((state) => state.show);
  const busy = isBusy({ snapshot });
  const percent = snapshot ? percentOf(snapshot) : 0;
  useTitle(busy ? percent : null);
  const hint = whyNot(ready, wrong);
  return (
    <section className="run-bar" aria-label="Run">
      <button
        type="button"
        className="button primary large"
        disabled={busy || !ready || wrong > 0}
        onClick={start}
      >
        <Play size={14} aria-hidden="true" />
        Run
      </button>
      {snapshot ? (
        <>
          <div
            className="meter"
            role="progressbar"
            aria-label="Run"
            aria-valuenow={percent}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuetext={figuresOf(snapshot)}
            data-phase={snapshot.phase}
          >
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={shareOf(snapshot) * 100} height="1" />
            </svg>
          </div>
          <b className="run-percent">{percent} %</b>
          <span className="run-figures">
            {stopped ?? figuresOf(snapshot)}
            {snapshot.failed > 0 ? (
              <button type="button" className="link bad" onClick={() => show('problems')}>
                {count(snapshot.failed)} skipped
              </button>
            ) : null}
          </span>
        </>
      ) : (
        <p className="run-hint">{stopped ?? (hint || <Estimate />)}</p>
      )}
      {busy && run ? (
        <>
          <button
            type="button"
            className="icon"
            onClick={togglePause}
            disabled={snapshot?.phase === 'packaging'}
          >
            {snapshot?.phase === 'paused' ? (
              <Play size={16} aria-hidden="true" />
            ) : (
              <Pause size={16} aria-hidden="true" />
            )}
            <span className="hidden">{snapshot?.phase === 'paused' ? 'Resume' : 'Pause'}</span>
          </button>
          <button type="button" className="icon" onClick={() => run.cancel()}>
            <X size={16} aria-hidden="true" />
            <span className="hidden">Cancel</span>
          </button>
        </>
      ) : null}
      <Announcer snapshot={snapshot} percent={percent} stopped={stopped} />
    </section>
  );
}

function whyNot(ready: boolean, wrong: number): string {
  if (!ready) return 'Add images to begin.';
  return wrong > 0 ? `Correct ${counted(wrong, 'value')} in the recipe first.` : '';
}

function shareOf({ phase, processed, failed, total }: RunSnapshot): number {
  if (phase === 'done') return 1;
  return total > 0 && phase !== 'listing' ? (processed + failed) / total : 0;
}

/** Whole per cents, rounded down: 100 only when all is done. */
const percentOf = (snapshot: RunSnapshot) => Math.floor(shareOf(snapshot) * 100);

function figuresOf(snapshot: RunSnapshot): string {
  const { phase, processed, failed, total, imagesPerSecond, secondsLeft, rows } = snapshot;
  if (phase === 'listing') return total > 0 ? `Looking… ${counted(total, 'image')}` : 'Looking…';
  const done = processed + failed;
  const parts = [`${count(done)} of ${count(total)}`];
  if (phase === 'running') {
    if (imagesPerSecond > 0) parts.push(`${rate(imagesPerSecond)}/s`);
    if (secondsLeft !== null) parts.push(`${duration(Math.max(0, secondsLeft))} left`);
  } else if (phase === 'done') return `${counted(processed, 'image')}, ${counted(rows, 'row')}`;
  else parts.push(phase === 'packaging' ? 'closing files' : phase);
  return parts.join(' · ');
}

/** Tells a screen reader of every tenth and of each change of phase, not of every image. */
function Announcer(props: {
  readonly snapshot: RunSnapshot | null;
  readonly percent: number;
  readonly stopped: string | null;
}) {
  const { snapshot, percent, stopped } = props;
  const tenth = Math.floor(percent / 10) * 10;
  const phase = snapshot?.phase;
  const [text, setText] = useState('');
  useEffect(() => {
    if (phase === undefined) return;
    if (phase === 'running') setText(tenth > 0 ? `${tenth} per cent` : 'Running');
    else setText(stopped ?? { listing: 'Looking for images', paused: 'Paused', packaging: 'Closing files', done: 'The run is done', failed: 'The run failed', cancelled: 'The run was cancelled' }[phase]); // biome-ignore format: words
  }, [phase, tenth, stopped]);
  return (
    <span className="hidden" role="status">
      {text}
    </span>
  );
}

function useTitle(percent: number | null): void {
  useEffect(() => {
    document.title = percent === null ? 'Imagemill' : `${percent} % · Imagemill`;
  }, [percent]);
}
