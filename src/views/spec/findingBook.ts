import path from 'node:path';
import type { Finding } from '../../packaging/read/detection.ts';

/** A finding of a check, with the text of the line that it was about. */
interface Checked {
  readonly folder: string;
  readonly finding: Finding;
  readonly line?: string;
}

/** Codes of what is found in the text of a spec while it is typed: there the text itself is the judge, not an old check. */
const ofText = new Set(['spec-syntax', 'spec-field', 'file-missing', 'pattern-matches-nothing']);

/**
 * What is known to be wrong, file by file, from two sides: the text of an open spec, and the last check of its folder. What
 * both say is shown once. What a check said goes when its line is changed, and moves with it.
 */
export class FindingBook {
  private readonly typed = new Map<string, readonly Finding[]>();
  private readonly texts = new Map<string, readonly string[]>();
  private checked: readonly Checked[] = [];

  /** @param textOf the text of a file, where it is open @returns files whose findings may be others now */
  check(folder: string, findings: readonly Finding[], textOf: (file: string) => string | undefined): readonly string[] {
    const before = this.checked.filter((one) => one.folder === folder);
    const now = findings.flatMap((finding): Checked[] => {
      const file = finding.location?.path;
      if (file === undefined) return [];
      const line = (this.texts.get(file) ?? textOf(file)?.split(/\r?\n/))?.[finding.location?.line ?? 0];
      return [{ folder, finding, ...(line !== undefined && { line }) }];
    });
    this.checked = [...this.checked.filter((one) => one.folder !== folder), ...now];
    return [...new Set([...before, ...now].map(fileOf))];
  }

  /** The text of an open spec, and what is wrong in it by itself. */
  type(file: string, text: string, findings: readonly Finding[]): void {
    this.typed.set(file, findings);
    this.edit(file, text);
  }

  /** A file has another text now. */
  edit(file: string, text: string): void {
    const lines = text.split(/\r?\n/);
    this.texts.set(file, lines);
    this.checked = this.checked.flatMap((one) => (fileOf(one) === file ? moved(one, lines) : [one]));
  }

  /** The file is closed: what its text said is no longer watched. */
  close(file: string): void {
    this.typed.delete(file);
    this.texts.delete(file);
  }

  of(file: string): readonly Finding[] {
    const typed = this.typed.get(file);
    const checked = this.checked.filter((one) => fileOf(one) === file).map(({ finding }) => finding);
    if (typed === undefined) return checked;
    const isSaid = ({ code, location }: Finding): boolean =>
      ofText.has(code) || typed.some((other) => other.code === code && other.location?.line === location?.line);
    return [...typed, ...checked.filter((finding) => !isSaid(finding))];
  }
}

function fileOf({ finding, folder }: Checked): string {
  return finding.location?.path ?? path.join(folder, '');
}

/** A finding where its line is now; nothing when that has gone. */
function moved(one: Checked, lines: readonly string[]): Checked[] {
  const { finding, line } = one;
  const { location } = finding;
  if (location?.line === undefined || line === undefined || lines[location.line] === line) return [one];
  const now = lines.indexOf(line);
  if (now < 0) return [];
  const { endLine = location.line } = location;
  const { fixes, ...rest } = finding;
  const by = now - location.line;
  const followed = fixes?.map((fix) => ({ ...fix, line: fix.line + by }));
  const place = { ...location, line: now, endLine: endLine + by };
  return [{ ...one, finding: { ...rest, location: place, ...(followed && { fixes: followed }) } }];
}
