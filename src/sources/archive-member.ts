import type { Failure } from '../core/failure';
import type { MemberSpan } from '../core/member';

/** What an archive holds, one after the other. */
export type ArchiveEntry = ArchiveMember | ArchiveLink | ArchiveFault;

/** A file in an archive. */
export interface ArchiveMember {
  /** As the archive spells it. */
  readonly name: string;
  /** Unpacked, as declared. */
  readonly bytes: number;
  /** Milliseconds since 1970; null where the archive does not say. */
  readonly modified: number | null;
  /** Where it lies, or why it cannot be read. */
  readonly content: MemberSpan | Failure;
}

/** A further name of a member before it, as tars have of files that are hard links of one another. */
export interface ArchiveLink {
  readonly name: string;
  /** The other's name, as the archive spells it. */
  readonly target: string;
}

/** The archive itself is damaged from here on. `name` is the member that it struck, where one is known. */
export interface ArchiveFault {
  readonly name: string | null;
  readonly fault: Failure;
}

/** Tells of an archive, or a member, that listing finds it cannot read. */
export const refusal = (code: Failure['code'], message: string): Failure => ({
  stage: 'list',
  code,
  message,
});

/** Tells a member's place from the reason why it has none. */
export const isSpan = (content: MemberSpan | Failure): content is MemberSpan => 'packing' in content;

/**
 * Most members listed of one archive. More would weigh on the page's memory, of which each takes some 300 bytes; datasets
 * of so many images come in shards.
 */
export const mostMembers = 5_000_000;
