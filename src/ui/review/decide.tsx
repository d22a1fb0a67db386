import { Check, Undo2, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { PlannedImage } from '../../core/plan';
import type { Candidate } from './candidates';
import { Similar } from './similar';
import { Thumb } from './thumb';

interface DecideProps {
  readonly image: PlannedImage;
  /** The label that was accepted for it. */
  readonly decided: string | null;
  /** The best first. */
  readonly candidates: readonly Candidate[];
  readonly classNames: readonly string[];
  readonly canUndo: boolean;
  onAccept(label: string): void;
  onRefuse(): void;
  onUndo(): void;
}

/** One image with what it might be: accept, choose another, write one, or refuse them all. */
export function Decide(props: DecideProps) {
  const { image, decided, candidates, classNames, canUndo, onAccept, onRefuse, onUndo } = props;
  const [own, setOwn] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAccept(own.trim());
  };
  return (
    <section className="decide" aria-label={image.ref.key}>
      <Thumb image={image.ref} side={768} label={image.ref.key} />
      <div className="decide-what">
        <h2 className="decide-key">{image.ref.key}</h2>
        {decided === null ? null : <p className="decide-label">Accepted: {decided}</p>}
        <ol className="decide-candidates">
          {candidates.map(({ name, score }, i) => (
            <li key={name}>
              <button type="button" className="candidate" onClick={() => onAccept(name)}>
                <kbd>{i + 1}</kbd>
                <span>{name}</span>
                <meter min={0} max={1} value={score} aria-hidden="true" />
                <span className="candidate-score">{score.toFixed(2)}</span>
              </button>
            </li>
          ))}
        </ol>
        <form className="decide-own" onSubmit={submit}>
          <input
            className="input"
            list="review-labels"
            aria-label="Another label"
            placeholder="Another label"
            value={own}
            onChange={(event) => setOwn(event.target.value)}
          />
          <datalist id="review-labels">
            {classNames.slice(0, 200).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <button type="submit" className="button" disabled={own.trim() === ''}>
            Set
          </button>
        </form>
        <div className="decide-buttons">
          <button
            type="button"
            className="button primary"
            disabled={candidates.length === 0}
            onClick={() => onAccept(candidates[0]?.name ?? '')}
          >
            <Check size={14} aria-hidden="true" />
            Accept <kbd>a</kbd>
          </button>
          <button type="button" className="button" onClick={onRefuse}>
            <X size={14} aria-hidden="true" />
            Refuse <kbd>x</kbd>
          </button>
          <button type="button" className="button" disabled={!canUndo} onClick={onUndo}>
            <Undo2 size={14} aria-hidden="true" />
            Undo <kbd>u</kbd>
          </button>
        </div>
      </div>
      <Similar image={image.ref} />
    </section>
  );
}
