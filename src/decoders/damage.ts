import { type FailureCode, failed, type Outcome } from '../core/failure';

/** The file ends before its picture does. */
export function truncated(what: string): Outcome<never> {
  return failed('decode', 'truncated', `${what} Copy or download the file again.`);
}

/** The file contradicts its own format. */
export function corrupt(what: string): Outcome<never> {
  return failed('decode', 'corrupt', `${what} Replace the file, or save it again from its original.`);
}

/** The file is sound, but of a kind that is not decoded here. */
export function unsupported(what: string, wayOut: string): Outcome<never> {
  return failed('decode', 'unsupported', `${what} ${wayOut}`);
}

/** What a decoder says of a file whose structure looked sound. */
export function undecodable(format: string, error: unknown, code: FailureCode = 'corrupt'): Outcome<never> {
  const reason = error instanceof Error ? error.message : String(error);
  return failed(
    'decode',
    code,
    `The ${format} data cannot be decoded (${reason.replace(/\.$/, '')}). Replace the file, or save it again from its original.`,
  );
}
