import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { CORE_SCHEMA, load, Type } from 'js-yaml';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { isRecord, type JsonObject } from '../../foundation/json.ts';

/** YAML as client-go reads it: dates stay texts, and `<<` merges (js-yaml merges where a type of this name resolves). */
const schema = CORE_SCHEMA.extend({
  implicit: [new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: unknown) => text === '<<' })],
});

/** The files that kubectl would read: those of `KUBECONFIG`, else `~/.kube/config`. */
export function kubeconfigPaths(environment: NodeJS.ProcessEnv, home: string = homedir()): readonly string[] {
  const listed = listedFiles(environment);
  return listed.length > 0 ? listed : [defaultFile(home)];
}

/**
 * Reads one kubeconfig file as kubectl does: UTF-8 or UTF-16 with a byte order mark (PowerShell's `>`), the last of doubled
 * keys, the first of several documents.
 *
 * @param environment tells from where the file is named, for the remedy
 * @returns undefined for a file that is not there, and for an empty one
 * @throws ModelDeckError `invalid-input` with the parser's reason and line; `permission` and the like
 */
export async function readKubeconfigFile(
  file: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<JsonObject | undefined> {
  let content: string;
  try {
    content = decode(await readFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(error, 'read the kubeconfig', file);
  }
  let value: unknown;
  try {
    value = load(firstDocument(content), { filename: file, json: true, schema });
  } catch (error) {
    throw notAKubeconfig(file, environment, error);
  }
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw notAKubeconfig(file, environment);
  return value;
}

/** What to do about a file that cannot be used: it is corrected, or left out where it is named. */
export function fileRemedy(file: string, environment: NodeJS.ProcessEnv): string {
  if (listedFiles(environment).includes(file)) return 'Fix the file, or remove it from the variable KUBECONFIG.';
  if (file === defaultFile(homedir())) return 'Fix the file, or move it away.';
  return 'Fix the file, or remove it from the setting "modelDeck.kubeconfig.files".';
}

function listedFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  return (environment['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
}

function defaultFile(home: string): string {
  return path.join(home, '.kube', 'config');
}

/** What is wrong in a later document is no more our business than kubectl's. */
function firstDocument(content: string): string {
  const lines = content.split('\n');
  const begins = lines.findIndex((line) => !/^(\s*(#.*)?|%.*|---\s*)$/.test(line));
  const ends = lines.findIndex((line, index) => index > begins && /^(---|\.\.\.)(\s|$)/.test(line));
  return begins === -1 || ends === -1 ? content : lines.slice(0, ends).join('\n');
}

function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

function notAKubeconfig(file: string, environment: NodeJS.ProcessEnv, cause?: unknown): ModelDeckError {
  const { mark, reason } = (cause ?? {}) as { mark?: { line: number; column: number }; reason?: string };
  const location = { path: file, ...(mark && { line: mark.line, column: mark.column }) };
  const why = cause === undefined ? 'it is not a mapping' : (reason ?? 'it is not YAML');
  const where = mark === undefined ? '' : ` in line ${mark.line + 1}`;
  return new ModelDeckError('invalid-input', `${file} is not a kubeconfig: ${why}${where}.`, {
    brief: `not a kubeconfig${mark === undefined ? '' : ` (line ${mark.line + 1})`}`,
    remedy: fileRemedy(file, environment),
    location,
    nextStep: { kind: 'open-file', location },
    cause,
  });
}
