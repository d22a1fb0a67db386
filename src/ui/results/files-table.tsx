import { Copy, Download } from 'lucide-react';
import { useState } from 'react';
import type { RunReport } from '../../core/report';
import { bytes, count } from '../parts/format';
import { useView } from '../state/view-store';
import { saveOutput } from './save-output';

const shownAtFirst = 20;

/** The files that were written, with rows, size and checksum. */
export function FilesTable({ report, runId }: { readonly report: RunReport; readonly runId: string }) {
  const [all, setAll] = useState(false);
  const notify = useView((state) => state.notify);
  const files = all ? report.files : report.files.slice(0, shownAtFirst);
  const copy = async (path: string, sha256: string) => {
    await navigator.clipboard.writeText(sha256);
    notify(`The sha256 of ${path} is copied.`);
  };
  return (
    <section aria-label="Files" className="files">
      <table>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="end">
              Rows
            </th>
            <th scope="col" className="end">
              Size
            </th>
            <th scope="col">sha256</th>
            <th scope="col">
              <span className="hidden">Save</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ path, rows, bytes: size, sha256 }) => (
            <tr key={path}>
              <td>
                <code>{path}</code>
              </td>
              <td className="end">{rows === null ? '' : count(rows)}</td>
              <td className="end">{bytes(size)}</td>
              <td>
                <button type="button" className="hash" onClick={() => copy(path, sha256)}>
                  <code>
                    {sha256.slice(0, 4)}…{sha256.slice(-4)}
                  </code>
                  <Copy size={12} aria-hidden="true" />
                  <span className="hidden">, copy the sha256 of {path}</span>
                </button>
              </td>
              <td className="end">
                <button type="button" className="icon" onClick={() => saveOutput(runId, path)}>
                  <Download size={14} aria-hidden="true" />
                  <span className="hidden">Save {path}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.files.length > shownAtFirst ? (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `and ${count(report.files.length - shownAtFirst)} more files`}
        </button>
      ) : null}
    </section>
  );
}
