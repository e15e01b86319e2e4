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
  /**
   * Programs write it and go on (an optional library is missing, a cache cannot be written): it counts only as the Python
   * error by which the program ended, or that led to that one.
   */
  readonly mayBeHarmless?: boolean;
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
  let known: readonly Range[] | undefined;
  const endedBy = (): readonly Range[] => (known ??= lastErrorChain(text));
  // Tables of servers may have patterns of a library in common.
  for (const pattern of new Set(patterns)) {
    const match = firstFitting(pattern, phrase, endedBy);
    if (match === undefined) continue;
    const start = text.lastIndexOf('\n', match.index) + 1;
    const end = text.indexOf('\n', match.index);
    return { pattern, match, line: bare(text.slice(start, end === -1 ? undefined : end)) };
  }
  return undefined;
}

/** @param endedBy the Python errors by which the program ended */
function firstFitting(
  { pattern, fits, mayBeHarmless = false }: LogPattern,
  phrase: Phrase,
  endedBy: () => readonly Range[],
): RegExpExecArray | undefined {
  for (const match of matchesIn(pattern, phrase)) {
    const counts = !mayBeHarmless || endedBy().some(([start, end]) => match.index >= start && match.index < end);
    if (counts && (fits === undefined || fits(match, phrase.text))) return match;
  }
  return undefined;
}

type Range = readonly [start: number, end: number];

/** Where the last Python error of a log stands, and those that it followed from. */
function lastErrorChain(text: string): readonly Range[] {
  const chain: Range[] = [];
  let end = text.length;
  let isLinked = true;
  for (const line of text.split('\n').reverse()) {
    const start = end - line.length;
    const said = bare(line);
    if (isPythonError(said)) {
      if (!isLinked) break;
      chain.push([start, end]);
      isLinked = false;
    } else if (/^(?:During handling of the above exception|The above exception was the direct cause)/.test(said)) {
      isLinked = true;
    }
    end = start - 1;
  }
  return chain;
}

function isPythonError(line: string): boolean {
  return (
    /^([A-Za-z_][\w.]*\.)?[A-Z]\w*(Error|Exception|Interrupt|Exit)(: |$)/.test(line) &&
    !/^(?:javax?|org|io|com)\./.test(line)
  );
}

/**
 * Triton puts its messages into quotes, with `\\n` for a line's end and what Python prints behind the first. A quoted text with
 * a path in it would count as a name.
 */
export function plainLines(text: string): string {
  return text.replace(
    /^([EFIW]\d{4} [\d:.]+ \d+ [\w.-]+:\d+\] )"(.*)"$/gm,
    (_line, head: string, said: string) => head + (said.split('\\n')[0] ?? ''),
  );
}

/** The last lines that say something, for a reader who has to judge without help. */
export function lastLines(text: string, most = 5): readonly string[] {
  const lines = text
    .split('\n')
    .map(bare)
    .filter((line) => line !== '' && !/^\s*(at |\^+$|~+$)/.test(line));
  return lines.slice(-most);
}

/** Whether the last that a program said is the error that ended what it did. */
export function endsWithPythonError(text: string): boolean {
  return isPythonError(bare(text.trimEnd().split('\n').at(-1) ?? ''));
}

/** The last line by which a Python program ends, for example `ValueError: …`; Java's exceptions beside it follow from that. */
export function lastPythonError(text: string): string | undefined {
  const errors = text.split('\n').map(bare).filter(isPythonError);
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
