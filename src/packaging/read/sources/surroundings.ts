import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { load } from 'js-yaml';
import { isRecord, type JsonObject } from '../../../foundation/json.ts';

/** Configuration that people write is shorter. */
const longest = 16 * 1024 * 1024;

/** Folders beside the weights' own, or beside one above it, in which tools keep what belongs to the weights. */
const kept = new Set(['config', 'configs', 'data', 'dataset', 'docs', 'labels', 'meta', 'metadata', 'assets', 'extra']);

/** A file that belongs to a model, with its content. */
export interface NearFile {
  /** Relative to the model folder. */
  readonly file: string;
  readonly value: JsonObject;
}

/** The files of a model folder as they lie around one weights file: the nearest one of a name is the one that is meant. */
export class Surroundings {
  /**
   * @param folder absolute
   * @param files relative with `/`
   * @param weights relative with `/`
   */
  constructor(
    readonly folder: string,
    private readonly files: readonly string[],
    private readonly weights: string,
  ) {}

  /** Files that belong to the weights and have such a name, nearest first. */
  near(isMeant: (baseName: string) => boolean): readonly string[] {
    return this.files
      .filter((file) => isMeant(path.posix.basename(file)))
      .map((file) => ({ file, steps: this.steps(file) }))
      .filter((found): found is { file: string; steps: number } => found.steps !== undefined)
      .sort((a, b) => a.steps - b.steps)
      .map(({ file }) => file);
  }

  /** Whether the folder has a file, or a folder with a file in it, of this relative path. */
  has(file: string): boolean {
    return this.files.some((known) => known === file || known.startsWith(`${file}/`));
  }

  /** The nearest JSON file of a name; undefined when there is none, or it is no object. */
  async json(name: string): Promise<NearFile | undefined> {
    return this.parsed(name, JSON.parse);
  }

  async yaml(name: string): Promise<NearFile | undefined> {
    return this.parsed(name, load);
  }

  private async parsed(name: string, parse: (text: string) => unknown): Promise<NearFile | undefined> {
    const [file] = this.near((found) => found.toLowerCase() === name);
    if (file === undefined) return undefined;
    const absolute = path.join(this.folder, file);
    try {
      if ((await stat(absolute)).size > longest) return undefined;
      const value = parse((await readFile(absolute, 'utf8')).replace(/^\uFEFF/, ''));
      return isRecord(value) ? { file, value } : undefined;
    } catch {
      // A configuration that cannot be read says nothing; what it would have said is asked or assumed.
      return undefined;
    }
  }

  /** Levels between the weights' folder and a file that belongs to it; undefined for a file that belongs elsewhere. */
  private steps(file: string): number | undefined {
    const from = folderParts(this.weights);
    const to = folderParts(file);
    const shared = to.findIndex((part, level) => part !== from[level]);
    const common = shared < 0 ? to.length : shared;
    const below = to.slice(common);
    const isNear = below.length === 0 || (below.length === 1 && kept.has((below[0] ?? '').toLowerCase()));
    return isNear ? (from.length - common) * 2 + below.length : undefined;
  }
}

function folderParts(file: string): readonly string[] {
  const folder = path.posix.dirname(file);
  return folder === '.' ? [] : folder.split('/');
}
