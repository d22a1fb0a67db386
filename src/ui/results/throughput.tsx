import { duration, rate } from '../parts/format';
import { linePath, niceCeiling } from './chart-maths';

const width = 400;
const height = 96;

/** Images a second over the run, as a line. */
export function Throughput({
  values,
  seconds,
}: {
  readonly values: readonly number[];
  readonly seconds: number;
}) {
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  const top = niceCeiling(most);
  const mean = values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
  return (
    <figure className="chart">
      <figcaption>
        <h3>Images a second</h3>
      </figcaption>
      {values.length > 1 ? (
        <div className="line-chart">
          <span className="line-top" aria-hidden="true">
            {rate(top)}
          </span>
          <svg
            viewBox={`0 0 ${width} ${height}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`Images a second over ${duration(seconds)}: ${rate(mean)} on average, ${rate(most)} at most.`}
          >
            <line className="chart-grid" x1="0" x2={width} y1="0.5" y2="0.5" />
            <line className="chart-grid" x1="0" x2={width} y1={height / 2} y2={height / 2} />
            <line className="chart-base" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
            <path className="chart-area" d={`${linePath(values, top, width, height)}V${height}H0Z`} />
            <path className="chart-line" d={linePath(values, top, width, height)} />
          </svg>
          <span className="line-ends" aria-hidden="true">
            <span>0 s</span>
            <span>{duration(seconds)}</span>
          </span>
        </div>
      ) : (
        <p className="soft">Too short a run to draw: {duration(seconds)}.</p>
      )}
    </figure>
  );
}
