import type { KeyedFailure } from '../core/failure';

/** `failures.csv`: every skipped file with stage, code and sentence (RFC 4180). */
export function failuresCsv(failures: readonly KeyedFailure[]): string {
  const quote = (field: string) =>
    /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  const lines = failures.map(({ key, stage, code, message }) =>
    [key, stage, code, message].map(quote).join(','),
  );
  return ['filename,stage,code,message', ...lines, ''].join('\n');
}
