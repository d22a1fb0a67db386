import type { RunReport } from '../../core/report';
import { count, counted, duration, rate } from '../parts/format';

/** The seven metrics of `metrics.json`: four large, the rest small. */
export function Metrics({ report }: { readonly report: RunReport }) {
  const { metrics, rows, imagesPerSecond } = report;
  const good = metrics.pipeline_status === 'success';
  return (
    <section aria-label="Metrics">
      <dl className="metrics">
        <Large name="images processed" value={count(metrics.images_processed)} more={counted(rows, 'row')} />
        <Large
          name="processing time"
          value={duration(metrics.processing_time_sec)}
          more={`${rate(imagesPerSecond)} images a second`}
        />
        <Large
          name="corrupted images"
          value={count(metrics.corrupted_images)}
          more={
            report.failures.length > 0
              ? `${count(report.failures.length)} skipped, all named`
              : 'none skipped'
          }
        />
        <Large
          name="pipeline status"
          value={metrics.pipeline_status}
          more={good ? 'every image is in' : 'see Problems'}
          tone={good ? 'ok' : metrics.pipeline_status === 'failure' ? 'bad' : 'warn'}
        />
      </dl>
      <dl className="metrics-small">
        <Small name="average image size" value={metrics.average_image_size?.replace('x', ' × ') ?? 'none'} />
        <Small name="augmentation applied" value={metrics.augmentation_applied ? 'yes' : 'no'} />
        <Small name="output format" value={metrics.output_format.replaceAll(',', ', ')} />
      </dl>
    </section>
  );
}

function Large(props: {
  readonly name: string;
  readonly value: string;
  readonly more: string;
  readonly tone?: 'ok' | 'warn' | 'bad';
}) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        <b className={props.tone}>{props.value}</b>
        <small>{props.more}</small>
      </dd>
    </div>
  );
}

function Small({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
