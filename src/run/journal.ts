/** How grave a line of the log is. */
export type Level = 'info' | 'warning' | 'error';

/** The run's log: one line per event. */
export interface Journal {
  /** Adds `time level stage file message`, tab-separated; tabs and line breaks inside a field become spaces. */
  add(level: Level, stage: string, file: string, message: string): string;
  readonly lines: readonly string[];
}

/** Begins a {@link Journal}, after the lines of the run that it continues. */
export function createJournal(earlier: readonly string[] = []): Journal {
  const lines = [...earlier];
  return {
    lines,
    add(level, stage, file, message) {
      const fields = [new Date().toISOString(), level.toUpperCase(), stage, file || '-', message];
      const line = fields.map((field) => field.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')).join('\t');
      lines.push(line);
      return line;
    },
  };
}
