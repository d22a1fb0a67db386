import type { RunReport, Stage } from '../../core/report';
import { duration } from '../parts/format';

const stages: readonly Stage[] = ['open', 'decode', 'transform', 'extract', 'write'];

/** Where the workers' time went, as bars. */
export function StageTimes({ stageMs }: { readonly stageMs: RunReport['stageMs'] }) {
  // A run without extractors, or of a time before there were any, spent nothing on them.
  const shown = stages.filter((stage) => stage !== 'extract' || stageMs[stage] > 0);
  const total = shown.reduce((sum, stage) => sum + stageMs[stage], 0) || 1;
  return (
    <figure className="chart">
      <figcaption>
        <h3>Time by stage</h3>
      </figcaption>
      <ul className="stages">
        {shown.map((stage) => {
          const share = (100 * stageMs[stage]) / total;
          return (
            <li key={stage}>
              <span>{stage}</span>
              <svg className="stage-track" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect className={`fill-${stage}`} width={share} height="8" />
              </svg>
              <span className="stage-share">
                {Math.round(share)} %<small>{duration(stageMs[stage] / 1000)}</small>
              </span>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}
