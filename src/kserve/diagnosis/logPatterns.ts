import type { ErrorCategory } from '../../foundation/error.ts';
import type { DiagnosisCode } from './codes.ts';
import type { Healing } from './diagnosis.ts';
import { matchesIn, type Phrase } from './phrase.ts';

/** A line of a log and what it means. */
export interface LogPattern {
  readonly code: DiagnosisCode;
  readonly category: ErrorCategory;
  /** Left out for what stays as it is. */
  readonly mayHeal?: Healing;
  /** Of the error's own phrase: names are covered when it is tried (`phrase.ts`), and may only be captured. */
  readonly pattern: RegExp;
  /** Looks at what was captured, where a name tells what the error is about. */
  readonly fits?: (match: RegExpExecArray, text: string) => boolean;
  /** @param name of the service; for the storage initializer, the storage URI */
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
export function findInLog(phrase: Phrase, patterns: readonly LogPattern[]): LogFinding | undefined {
  const { text } = phrase;
  for (const pattern of patterns) {
    const match = firstFitting(pattern, phrase);
    if (match === undefined) continue;
    const start = text.lastIndexOf('\n', match.index) + 1;
    const end = text.indexOf('\n', match.index);
    return { pattern, match, line: bare(text.slice(start, end === -1 ? undefined : end)) };
  }
  return undefined;
}

function firstFitting({ pattern, fits }: LogPattern, phrase: Phrase): RegExpExecArray | undefined {
  for (const match of matchesIn(pattern, phrase)) {
    if (fits === undefined || fits(match, phrase.text)) return match;
  }
  return undefined;
}

/** The last lines that say something, for a reader who has to judge without help. */
export function lastLines(text: string, most = 5): readonly string[] {
  const lines = text
    .split('\n')
    .map(bare)
    .filter((line) => line !== '' && !/^\s*(at |\^+$|~+$)/.test(line));
  return lines.slice(-most);
}

/** The last line by which a Python program ends, for example `ValueError: …`; Java's exceptions beside it follow from that. */
export function lastPythonError(text: string): string | undefined {
  const errors = text
    .split('\n')
    .map(bare)
    .filter((line) => /^([A-Za-z_][\w.]*\.)?[A-Z]\w*(Error|Exception|Interrupt|Exit)(: |$)/.test(line))
    .filter((line) => !/^(?:javax?|org|io|com)\./.test(line));
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
