/** A line of a log and what it means. `$name` stands for the service in sentences. */
export interface LogPattern {
  readonly code: string;
  readonly pattern: RegExp;
  readonly summary: (match: RegExpExecArray, name: string) => string;
  readonly remedy: string;
}

export interface LogFinding {
  readonly pattern: LogPattern;
  readonly match: RegExpExecArray;
  /** The line that tells it, without what the logger puts before it. */
  readonly line: string;
}

/**
 * The first pattern of the table that the log has anywhere, so that a cause wins over the errors that follow from it.
 * For one pattern the first place counts: servers try again, and say it in other words later.
 */
export function findInLog(text: string, patterns: readonly LogPattern[]): LogFinding | undefined {
  for (const pattern of patterns) {
    const match = pattern.pattern.exec(text);
    if (match === null) continue;
    const start = text.lastIndexOf('\n', match.index) + 1;
    const end = text.indexOf('\n', match.index);
    return { pattern, match, line: bare(text.slice(start, end === -1 ? undefined : end)) };
  }
  return undefined;
}

/** The last lines that say something, for a reader who has to judge by himself. */
export function lastLines(text: string, most = 5): readonly string[] {
  const lines = text
    .split('\n')
    .map(bare)
    .filter((line) => line !== '' && !/^\s*(at |\^+$|~+$)/.test(line));
  return lines.slice(-most);
}

/** The last line by which a Python program ends, for example `ValueError: …`. */
export function lastPythonError(text: string): string | undefined {
  const errors = text
    .split('\n')
    .map(bare)
    .filter((line) => /^([A-Za-z_][\w.]*\.)?[A-Z]\w*(Error|Exception|Interrupt|Exit)(: |$)/.test(line));
  return errors.at(-1);
}

/**
 * Without what a logger puts before: `2026-10-01T18:58:52,756 [INFO ] W-9000-resnet18_1.0-stdout MODEL_LOG - ` of TorchServe,
 * `2026-10-01 10:00:06.001 1 kserve ERROR [initializer-entrypoint:<module>():28] ` of KServe, or a time stamp.
 */
function bare(line: string): string {
  return line
    .replace(/^\S+ \[\w+ *\] \S+ (?:\S+ - )?/, '')
    .replace(/^\d{4}-\d\d-\d\d[T ][\d:.,]+Z? /, '')
    .replace(/^\d+ kserve [A-Z]+ \[\S+\] /, '')
    .trimEnd();
}
