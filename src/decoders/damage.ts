import { type FailureCode, failed, type Outcome } from '../core/failure';

/** The file ends before its picture does. */
export function truncated(what: string): Outcome<never> {
  return failed('decode', 'truncated', `${what} ${again}`);
}

/** The file contradicts its own format. */
export function corrupt(what: string): Outcome<never> {
  return failed('decode', 'corrupt', `${what} ${replace}`);
}

/** A block of metadata is a bomb, or larger than the recipe allows; `what` names it, `bytes` says how far it was followed. */
export function tooLargeMetadata(what: string, bytes: number, maxBytes: number): Outcome<never> {
  return failed(
    'decode',
    'too-large',
    `${what} has more than ${(bytes / 1e6).toFixed(1)} MB once unpacked; decode.max_metadata_megabytes allows ${maxBytes / 1e6}.`,
  );
}

/** What is wrong with a file, without the way out: for one whose pixels were kept. */
export function withoutWayOut(message: string): string {
  for (const way of [again, replace]) if (message.endsWith(way)) return message.slice(0, -way.length).trim();
  return message;
}

const again = 'Copy or download the file again.';
const replace = 'Replace the file, or save it again from its original.';

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
    `The ${format} data cannot be decoded (${reason.replace(/\.$/, '')}). ${replace}`,
  );
}
