import '../styles/results.css';
import { Download, FileText, FolderCheck } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import type { RunReport } from '../../core/report';
import { api } from '../api';
import { bytes, count, counted, duration, rate } from '../parts/format';
import { isBusy, useRun } from '../state/run-store';
import { messageOf } from '../state/source-store';
import { useView } from '../state/view-store';
import { Balance } from './balance';
import { FilesTable } from './files-table';
import { Metrics } from './metrics';
import { PrivacyNote } from './privacy';
import { baseName, saveOutput } from './save-output';
import { SavedRuns } from './saved-runs';
import { Snippets } from './snippets';
import { StageTimes } from './stage-times';
import { Throughput } from './throughput';

/** What came of a run: figures, charts, files, the Python that loads them, and the dataset itself. */
export function ResultsTab() {
  const { report, run, snapshot, stopped } = useRun();
  return (
    <div className="results">
      <h2 className="hidden">Results</h2>
      {report && run ? (
        <Report report={report} runId={run.id} />
      ) : (
        <div className="nothing">
          <p>{isBusy({ snapshot }) ? 'The run is under way.' : (stopped ?? 'No run yet.')}</p>
          <p className="soft">Figures, files and the lines that load them appear here when a run is done.</p>
        </div>
      )}
      <SavedRuns />
    </div>
  );
}

interface ReportProps {
  readonly report: RunReport;
  readonly runId: string;
}

/** Figures at once; the rest follows in slices, so that the end of a run holds up no click. */
function Report({ report, runId }: ReportProps) {
  const drawn = useDeferredValue<RunReport | null>(report, null);
  return (
    <>
      <Metrics report={report} />
      <Saving report={report} runId={runId} />
      {drawn && <Details report={drawn} runId={runId} />}
    </>
  );
}

function Details({ report, runId }: ReportProps) {
  return (
    <>
      <div className="charts">
        <Throughput values={report.throughput} seconds={report.metrics.processing_time_sec} />
        <StageTimes stageMs={report.stageMs} />
      </div>
      <Balance balance={report.balance} classNames={report.classNames} />
      <PrivacyNote report={report} />
      <FilesTable report={report} runId={runId} />
      <Snippets python={report.python} />
      <p className="soft results-foot">
        {counted(report.rows, 'row')} on <span title={report.engineWhy}>{report.engine}</span>,{' '}
        {rate(report.imagesPerSecond)} images a second in {duration(report.metrics.processing_time_sec)};{' '}
        {bytes(report.bytesIn)} in, {bytes(report.bytesOut)} out. Recipe{' '}
        <code>{report.recipeHash.slice(0, 12)}</code>
        {report.leftOut.notAnImage + report.leftOut.hidden > 0
          ? `; left out ${count(report.leftOut.hidden)} hidden files and ${count(report.leftOut.notAnImage)} that are not images`
          : ''}
        .
      </p>
    </>
  );
}

/** The dataset as one archive or the folder that holds it, and the run's own files. */
function Saving({ report, runId }: ReportProps) {
  const savedTo = useRun((state) => state.savedTo);
  const notify = useView((state) => state.notify);
  const [saving, setSaving] = useState(false);
  const total = report.files.reduce((sum, file) => sum + file.bytes, 0);
  const saveZip = async () => {
    setSaving(true);
    try {
      await (await api.loadSaving()).saveZip(runId, `${report.recipe.output.name}.zip`);
      notify('The zip is saved.');
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError'))
        notify(messageOf(error), { tone: 'bad' });
    } finally {
      setSaving(false);
    }
  };
  const own = report.files.filter(({ format }) => format === null);
  return (
    <div className="saving">
      {report.recipe.output.target === 'zip' ? (
        <button type="button" className="button primary large" onClick={saveZip} disabled={saving}>
          <Download size={16} aria-hidden="true" />
          {saving ? 'Saving…' : `Download zip · ${bytes(total)}`}
        </button>
      ) : (
        <p className="saved-to">
          <FolderCheck size={16} aria-hidden="true" className="ok" />
          Saved in <b>{savedTo ?? 'the folder that you chose'}</b>
        </p>
      )}
      {report.earlierFiles.length > 0 && (
        <p className="soft">
          {counted(
            report.earlierFiles.reduce((sum, { files }) => sum + files, 0),
            'file',
          )}{' '}
          of an earlier run, which this one did not write, also lie there:{' '}
          {report.earlierFiles
            .slice(0, 3)
            .map(({ path }) => path)
            .join(', ')}
          {report.earlierFiles.length > 3 ? ' …' : ''}
        </p>
      )}
      {own.map(({ path }) => (
        <button key={path} type="button" className="button" onClick={() => saveOutput(runId, path)}>
          <FileText size={14} aria-hidden="true" />
          {baseName(path)}
        </button>
      ))}
    </div>
  );
}
