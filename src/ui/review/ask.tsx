import { Square, WandSparkles } from 'lucide-react';
import { api } from '../api';
import { count, counted } from '../parts/format';
import { Segmented } from '../parts/segmented';
import { useReview, type Way } from '../state/review-store';

const ways = [
  { value: 'probe', label: 'Linear probe', hint: 'Learns from the images that have a label' },
  { value: 'neighbours', label: 'Nearest', hint: 'Asks the images that look most alike and have a label' },
  { value: 'classes', label: 'Model’s classes', hint: 'What the model itself was trained to name' },
] as const;

/** Chooses what looks at the images and how it proposes, and says how far it is to be trusted. */
export function Ask({ labelled, of }: { readonly labelled: number; readonly of: number }) {
  const {
    extractor,
    way,
    progress,
    analysis,
    proposals,
    proposing,
    problem,
    choose,
    analyse,
    propose,
    stop,
  } = useReview();
  const knowsClasses = extractor !== 'descriptor';
  const busy = progress !== null;
  return (
    <section className="ask" aria-label="Propose labels">
      <label className="ask-extractor">
        <span>Look with</span>
        <select
          className="input"
          value={extractor}
          disabled={busy}
          onChange={(event) =>
            choose({
              extractor: event.target.value,
              ...(event.target.value === 'descriptor' && way === 'classes' && { way: 'probe' }),
            })
          }
        >
          {api.registry.extractors.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <Segmented
        label="Propose by"
        options={ways.filter(({ value }) => value !== 'classes' || knowsClasses)}
        value={way}
        onChange={(value) => choose({ way: value as Way })} // one of the options above
      />
      {busy ? (
        <button type="button" className="button" onClick={stop}>
          <Square size={14} aria-hidden="true" />
          Stop
        </button>
      ) : (
        <button
          type="button"
          className="button primary"
          disabled={proposing}
          onClick={() => void (analysis ? propose() : analyse())}
        >
          <WandSparkles size={14} aria-hidden="true" />
          {analysis ? 'Propose again' : `Look at ${counted(of, 'image')}`}
        </button>
      )}
      <p className="ask-words" role="status">
        {busy
          ? `${count(progress)} of ${count(of)} looked at`
          : proposing
            ? 'Proposing…'
            : proposals
              ? trustWords(proposals)
              : `${count(labelled)} of ${count(of)} have a label`}
      </p>
      {problem ? (
        <p className="ask-problem" role="alert">
          {problem}
        </p>
      ) : null}
    </section>
  );
}

function trustWords({
  accuracy,
  learntFrom,
}: {
  readonly accuracy: number | null;
  readonly learntFrom: number;
}) {
  if (accuracy === null) return 'Scores are the model’s own.';
  return `Learnt from ${counted(learntFrom, 'label')}; each left out in turn, ${(accuracy * 100).toFixed(1)} % of them are found.`;
}
