import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { readPythonModule, type PythonModule } from './formats/pythonModule.ts';
import type { Detection } from './detection.ts';

/** Text that people write by hand is shorter. */
const longestText = 4 * 1024 * 1024;

/** The only name under which TorchServe looks for labels. */
export const labelsFileName = 'index_to_name.json';

interface Scored {
  readonly file: string;
  readonly score: number;
}

/** The Python files of a folder with their outlines, and which files can play which part in a package. */
export async function findCandidates(
  folder: string,
  files: readonly string[],
  task: Task = {},
): Promise<{ readonly candidates: Detection['candidates']; readonly modules: ReadonlyMap<string, PythonModule> }> {
  const modules = new Map<string, PythonModule>();
  for (const file of files.filter((name) => name.endsWith('.py'))) {
    throwIfCancelled(task);
    const text = await readText(folder, file);
    if (text !== undefined) modules.set(file, readPythonModule(text));
  }
  const outlines = [...modules];
  const bases = new Set(outlines.flatMap(([, module]) => module.classes.flatMap((made) => made.bases)));
  return {
    modules,
    candidates: {
      modelFiles: best(outlines.map(([file, module]) => ({ file, score: modelFileScore(file, module, bases) }))),
      handlers: best(outlines.map(([file, module]) => ({ file, score: handlerScore(file, module) }))),
      // Also one that is broken: leaving it out would hide the mistake, and the check names its line.
      labels: files.filter((file) => path.posix.basename(file) === labelsFileName),
      requirements: files.filter((file) => /(^|\/)requirements[\w.-]*\.txt$/.test(file)),
      configFiles: files.filter((file) => /(^|\/)model[-_]config\.ya?ml$/.test(file)),
    },
  };
}

/** Highest score first; files without one are no candidates. Files of one score keep their order. */
function best(scored: readonly Scored[]): readonly string[] {
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ file }) => file);
}

function modelFileScore(file: string, module: PythonModule, bases: ReadonlySet<string>): number {
  if (module.classes.length === 0 || handlerScore(file, module) > 0) return 0;
  // What others derive from is not what was trained.
  if (module.classes.every(({ name }) => bases.has(name))) return 1;
  const [first] = module.classes;
  const isNetwork = module.classes.some(
    (made) =>
      made.methods.some((method) => method.name === 'forward') || made.bases.some((base) => /(^|\.)Module$/.test(base)),
  );
  const named = /^(model|net|network)/i.test(path.posix.basename(file));
  const ready = module.classes.length === 1 && first !== undefined && requiredArguments(first).length === 0;
  return 1 + (isNetwork ? 4 : 0) + (named ? 2 : 0) + (ready ? 2 : 0);
}

function handlerScore(file: string, module: PythonModule): number {
  const fromTorchServe = new Set(
    module.imports.filter(({ module: from }) => /^ts(\.|$)/.test(from)).flatMap(({ names }) => names),
  );
  // A network may well be called a classifier; a handler derives from what TorchServe brings, or says that it is one.
  const derived = module.classes.some((made) =>
    made.bases.some((base) => fromTorchServe.has(base) || /^ts\./.test(base) || /Handler$/.test(base)),
  );
  const handles =
    module.functions.some((made) => made.name === 'handle') ||
    module.classes.some((made) => made.methods.some((method) => method.name === 'handle'));
  const named = path.posix.basename(file).includes('handler');
  return derived || handles ? 2 + (named ? 1 : 0) : 0;
}

/** The arguments that a class cannot be called without. TorchServe calls the model's class with none. */
export function requiredArguments(
  made: PythonModule['classes'][number],
): PythonModule['functions'][number]['parameters'] {
  const constructor = made.methods.findLast((method) => method.name === '__init__');
  return constructor?.parameters.slice(1).filter((parameter) => parameter.required) ?? [];
}

async function readText(folder: string, relative: string): Promise<string | undefined> {
  const file = path.join(folder, relative);
  try {
    return (await stat(file)).size > longestText ? undefined : await readFile(file, 'utf8');
  } catch {
    // Not readable: then it is no candidate, and the listing goes on.
    return undefined;
  }
}
