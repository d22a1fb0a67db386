/** What we use of jsfive, which has no types of its own. */
declare module 'jsfive' {
  /** A group, or the file itself. */
  export class Group {
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly keys: readonly string[];
    /** Throws a string where there is nothing of the name. */
    get(path: string): Group | Dataset | null;
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string);
  }
  export class Dataset {
    readonly shape: readonly number[];
    /** Like `<f4`. */
    readonly dtype: unknown;
    /** All values, one JavaScript number each. */
    readonly value: readonly number[];
    /** Its header, by which {@link File} itself reads it. */
    readonly _dataobjects: {
      find_msg_type(type: number): readonly Map<string, number>[];
      _get_data_message_properties(
        offset: number,
      ): readonly [version: number, dims: number | undefined, layout: number, at: number];
    };
  }
}
