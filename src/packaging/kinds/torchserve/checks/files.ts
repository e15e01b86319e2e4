import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../../../foundation/error.ts';
import type { Finding } from '../../../read/detection.ts';
import { archiveLayout, handlerFile, weightsEntry } from '../archiveLayout.ts';
import { builtInHandlers } from '../handlers/builtInHandlers.ts';
import { generatedHandlers } from '../handlers/generatedHandlers.ts';
import type { LayoutEntry } from '../layoutEntry.ts';
import type { ModelSpec } from '../../../spec/modelSpec.ts';
import { modelSpecFileName } from '../../../spec/modelSpec.ts';
import { handlerKind, located, type CheckContext, type Part } from './context.ts';
import type { KeyPath } from '../../../spec/locate.ts';

/** One path of the spec, and the spec that has nothing else in it. */
interface PathField {
  readonly keys: KeyPath;
  readonly path: string;
  readonly alone: ModelSpec;
  /** For the weights, whose name in the archive depends on the whole spec. */
  readonly isWeights?: true;
}

type Request = Pick<CheckContext, 'folder' | 'spec' | 'at'>;

/**
 * Looks every path of the spec up, each through {@link archiveLayout} by itself, so that one missing file does not hide
 * the next.
 */
export async function collectParts(
  request: Request,
): Promise<{ readonly parts: Part[]; readonly findings: Finding[] }> {
  const parts: Part[] = [];
  const findings: Finding[] = [];
  for (const field of pathFields(request.spec)) {
    const outside = await leavesFolder(request, field);
    if (outside !== undefined) findings.push(outside);
    if (outside?.severity === 'error') continue;
    try {
      const { folder, spec } = request;
      const entries =
        field.isWeights === true
          ? await weightsEntry(folder, spec, field.path)
          : await archiveLayout(folder, field.alone);
      const folderFinding = await folderInsteadOfFile(request, field, entries);
      if (folderFinding === undefined) parts.push({ keys: field.keys, entries });
      else findings.push(folderFinding);
    } catch (error) {
      if (!ModelDeckError.is(error) || error.category === 'cancelled') throw error;
      // Labels that are there and wrong have a check of their own, which knows the line.
      if (field.keys[0] === 'labels' && error.category === 'invalid-input') continue;
      findings.push(unusable(request, field, error));
    }
  }
  return { parts, findings };
}

function pathFields(spec: ModelSpec): readonly PathField[] {
  // A built-in handler adds no file of its own.
  const bare = { name: spec.name, version: spec.version, handler: builtInHandlers[0] ?? '' };
  const fields: PathField[] = [];
  const { architecture, modelFile, weights } = spec;
  if (architecture !== undefined) fields.push({ keys: ['architecture'], path: '', alone: { ...bare, architecture } });
  else if (modelFile !== undefined)
    fields.push({ keys: ['modelFile'], path: modelFile, alone: { ...bare, modelFile } });
  if (weights !== undefined) {
    fields.push({ keys: ['weights'], path: weights, alone: { ...bare, weights }, isWeights: true });
  }
  if (handlerKind(spec) !== 'built-in') {
    const { preprocessing, input, output, origins } = spec;
    const said = {
      ...(preprocessing && { preprocessing }),
      ...(input && { input }),
      ...(output && { output }),
      ...(origins && { origins }),
    };
    const alone = { ...bare, handler: spec.handler, ...said };
    fields.push({ keys: ['handler'], path: handlerKind(spec) === 'own' ? handlerFile(spec.handler) : '', alone });
  }
  if (spec.labels !== undefined) {
    fields.push({ keys: ['labels'], path: spec.labels, alone: { ...bare, labels: spec.labels } });
  }
  for (const [index, value] of (spec.extraFiles ?? []).entries()) {
    fields.push({ keys: ['extraFiles', String(index)], path: value, alone: { ...bare, extraFiles: [value] } });
  }
  for (const key of ['requirements', 'configFile'] as const) {
    const value = spec[key];
    if (value !== undefined) fields.push({ keys: [key], path: value, alone: { ...bare, [key]: value } });
  }
  return fields;
}

/** A package must hold this folder's files: a path that leaves it means another file on every computer. */
async function leavesFolder({ folder, at }: Request, field: PathField): Promise<Finding | undefined> {
  const label = field.keys[0];
  if (field.path.includes('\\')) {
    return {
      code: 'path-backslash',
      severity: 'error',
      message: `${label}: ${field.path} is written with a backslash.`,
      remedy: 'Write paths with / on every platform.',
      ...located(at(...field.keys)),
    };
  }
  const normal = path.posix.normalize(field.path);
  if (normal === '..' || normal.startsWith('../') || path.posix.isAbsolute(normal) || /^[A-Za-z]:/.test(normal)) {
    return {
      code: 'file-outside-folder',
      severity: 'error',
      message: `${label}: ${field.path} is outside the model's folder.`,
      remedy: `Copy it into the folder: paths in ${modelSpecFileName} are relative to it.`,
      ...located(at(...field.keys)),
    };
  }
  const target = await realpath(path.resolve(folder, field.path)).catch(() => undefined);
  const home = await realpath(folder).catch(() => folder);
  if (target === undefined || field.path === '' || target === home || target.startsWith(home + path.sep))
    return undefined;
  return {
    code: 'link-outside-folder',
    severity: 'warning',
    message: `${label}: ${field.path} is a link to ${target}, outside the model's folder. The file that it points to is packaged.`,
    remedy: 'Look whether that is the file you mean.',
    ...located(at(...field.keys)),
  };
}

async function folderInsteadOfFile(
  { at }: Request,
  { keys, path: relative }: PathField,
  entries: readonly LayoutEntry[],
): Promise<Finding | undefined> {
  const [entry] = entries;
  if (keys[0] === 'extraFiles' || entry === undefined || !('file' in entry)) return undefined;
  if (!(await stat(entry.file)).isDirectory()) return undefined;
  return {
    code: 'file-is-folder',
    severity: 'error',
    message: `${keys[0]}: ${relative} is a folder.`,
    remedy: 'Name a file in it.',
    laterMessage: `IsADirectoryError: [Errno 21] Is a directory: '${relative}'`,
    ...located(at(...keys)),
  };
}

function unusable({ spec, at }: Request, { keys, path: relative }: PathField, error: ModelDeckError): Finding {
  const [field] = keys;
  const place = located(at(...keys));
  if (error.category === 'not-found' && field === 'handler') return unknownHandler(spec, place);
  if (error.category === 'not-found' && /[*?[]/.test(relative)) {
    return {
      code: 'pattern-matches-nothing',
      severity: 'error',
      message: `extraFiles: ${relative} matches no file in the folder.`,
      remedy: 'Fix the pattern, or take it out.',
      laterMessage: `Given wildcard pattern did not match any file: ${relative}`,
      ...place,
    };
  }
  if (error.category === 'not-found') {
    return {
      code: 'file-missing',
      severity: 'error',
      message: `${field}: there is no ${relative} in the folder.`,
      remedy: 'Fix the path, or put the file there.',
      laterMessage:
        field === 'extraFiles'
          ? `File does not exist: ${relative}`
          : `[Errno 2] No such file or directory: '${relative}'`,
      ...place,
    };
  }
  return {
    code: 'file-unreadable',
    severity: 'error',
    message: `${field}: ${error.message}`,
    remedy: error.remedy ?? 'Look at its permissions.',
    ...place,
  };
}

function unknownHandler(spec: ModelSpec, place: Pick<Finding, 'location'>): Finding {
  const file = handlerFile(spec.handler);
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');
  const meant = builtInHandlers.find((name) => plain(name) === plain(spec.handler));
  const prefixed = spec.handler.startsWith('model-deck:');
  return {
    code: 'handler-not-found',
    severity: 'error',
    message: prefixed
      ? `handler: Model Deck writes no handler of the name ${spec.handler}.`
      : `handler: ${spec.handler} is neither built into TorchServe nor is ${file} in the folder.`,
    remedy: prefixed
      ? `It writes ${generatedHandlers.map(({ id }) => id).join(' and ')}.`
      : meant !== undefined
        ? `Write ${meant}.`
        : `Put ${file} there, or choose one of ${builtInHandlers.join(', ')}.`,
    laterMessage: `ModuleNotFoundError: No module named 'ts.torch_handler.${path.posix.basename(file, '.py')}'`,
    ...place,
  };
}

/** Names that an archive holds anyway. */
const reservedFolder = 'MAR-INF/';

/** Everything lies in one folder in the archive, so of two files with one name only the later one is left. */
export function checkCollisions({ parts, at }: CheckContext): Finding[] {
  const owners = new Map<string, { readonly entry: LayoutEntry; readonly keys: KeyPath }>();
  const findings: Finding[] = [];
  for (const { keys, entries } of parts) {
    for (const entry of entries) {
      const earlier = owners.get(entry.name);
      owners.set(entry.name, { entry, keys });
      if (entry.name.startsWith(reservedFolder)) findings.push(reserved(entry, at(...keys)));
      if (earlier === undefined || sameFile(earlier.entry, entry)) continue;
      findings.push({
        code: 'name-collision',
        severity: 'error',
        message: `${source(earlier.entry, earlier.keys)} and ${source(entry, keys)} would both be ${entry.name} in the archive, where all files lie in one folder.`,
        remedy: 'Rename one of them.',
        laterMessage: `Nothing: torch-model-archiver writes ${source(entry, keys)} over the other one.`,
        ...located(at(...keys)),
      });
    }
  }
  return findings;
}

function reserved({ name }: LayoutEntry, location: Finding['location']): Finding {
  return {
    code: 'reserved-name',
    severity: 'error',
    message: `extraFiles: ${name} lies where the archive keeps its manifest.`,
    remedy: 'Take it out: the manifest is written again.',
    ...located(location),
  };
}

function sameFile(first: LayoutEntry, second: LayoutEntry): boolean {
  return 'file' in first && 'file' in second && first.file === second.file;
}

function source(entry: LayoutEntry, keys: KeyPath): string {
  return 'file' in entry
    ? `${keys[0]} ${path.basename(path.dirname(entry.file))}/${path.basename(entry.file)}`
    : `the generated ${entry.name}`;
}
