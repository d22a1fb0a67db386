import { useState } from 'react';
import type { RunReport } from '../../core/report';
import { splits } from '../../core/split';
import { noLabel } from '../images/arrange';
import { count } from '../parts/format';

const shownAtFirst = 24;

/** Rows of each class in each split, as stacked bars. */
export function Balance({ balance, classNames }: Pick<RunReport, 'balance' | 'classNames'>) {
  const [all, setAll] = useState(false);
  const present = splits.filter((split) => (balance[split] ?? []).some((rows) => rows > 0));
  const classes = [...classNames, noLabel]
    .map((name, id) => ({ name, rows: present.map((split) => balance[split]?.[id] ?? 0) }))
    .filter(({ rows }) => rows.some((n) => n > 0));
  const most = classes.reduce((max, { rows }) => Math.max(max, sum(rows)), 1);
  const shown = all ? classes : classes.slice(0, shownAtFirst);
  return (
    <figure className="chart">
      <figcaption className="balance-head">
        <h3>Rows by class and split</h3>
        <span className="legend">
          {present.map((split, i) => (
            <span key={split}>
              <span className={`swatch swatch-${split}`} aria-hidden="true" />
              {split} {count(sum(classes.map(({ rows }) => rows[i] ?? 0)))}
            </span>
          ))}
        </span>
      </figcaption>
      <ul className="balance">
        {shown.map(({ name, rows }) => (
          <li key={name}>
            <span className="bar-name" title={name}>
              {name}
            </span>
            <svg
              className="balance-track"
              viewBox="0 0 100 8"
              preserveAspectRatio="none"
              role="img"
              aria-label={present.map((split, i) => `${split} ${count(rows[i] ?? 0)}`).join(', ')}
            >
              {present.map((split, i) => (
                <rect
                  key={split}
                  className={`fill-${split}`}
                  x={(100 * sum(rows.slice(0, i))) / most}
                  width={(100 * (rows[i] ?? 0)) / most}
                  height="8"
                />
              ))}
            </svg>
            <span className="bar-count">{count(sum(rows))}</span>
          </li>
        ))}
      </ul>
      {classes.length > shownAtFirst ? (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `and ${count(classes.length - shownAtFirst)} more`}
        </button>
      ) : null}
    </figure>
  );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
