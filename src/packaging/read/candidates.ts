import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { readPythonModule, type PythonClass, type PythonModule } from './formats/pythonModule.ts';
import type { Detection } from './detection.ts';
import { isLabelFileName, labelsFirst } from './labels/readLabels.ts';

/** Text that people write by hand is shorter. */
const longestText = 4 * 1024 * 1024;

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
  const networks = networkNames(outlines.map(([, module]) => module));
  return {
    modules,
    candidates: {
      modelFiles: best(outlines.map(([file, module]) => ({ file, score: modelFileScore(file, module, networks) }))),
      handlers: best(outlines.map(([file, module]) => ({ file, score: handlerScore(file, module) }))),
      // Also one that is broken: leaving it out would hide the mistake, and the check names its line.
      labels: labelsFirst(files.filter((file) => isLabelFileName(file))),
      requirements: requirementsFirst(files.filter((file) => /(^|\/)requirements[\w.-]*\.txt$/.test(file))),
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

/** `requirements.txt` is what the model needs; `requirements-dev.txt` and its kind are for other work. */
function requirementsFirst(files: readonly string[]): readonly string[] {
  const rank = (file: string): number => (path.posix.basename(file) === 'requirements.txt' ? 0 : 1);
  return [...files].sort((a, b) => rank(a) - rank(b));
}

/** Classes that are networks: with a `forward`, of `Module`, or derived from one of these. `bases` are derived from. */
function networkNames(modules: readonly PythonModule[]): { readonly own: Set<string>; readonly bases: Set<string> } {
  const classes = modules.flatMap((module) => module.classes);
  const lastName = (base: string): string => base.slice(base.lastIndexOf('.') + 1);
  const own = new Set(classes.filter(isNetwork).map(({ name }) => name));
  for (let before = -1; before < own.size;) {
    before = own.size;
    for (const { name, bases } of classes) if (bases.some((base) => own.has(lastName(base)))) own.add(name);
  }
  const bases = new Set(classes.flatMap((made) => made.bases.map(lastName)).filter((base) => own.has(base)));
  return { own, bases };
}

function isNetwork({ methods, bases }: PythonClass): boolean {
  return methods.some(({ name }) => name === 'forward') || bases.some((base) => /(^|\.)(Lightning)?Module$/.test(base));
}

function modelFileScore(file: string, module: PythonModule, networks: ReturnType<typeof networkNames>): number {
  if (module.classes.length === 0 || handlerScore(file, module) > 0) return 0;
  const [first] = module.classes;
  const isOwn = module.classes.some(({ name }) => networks.own.has(name));
  const isBase = module.classes.every(({ name }) => networks.bases.has(name));
  const named = /^(model|net|network)/i.test(path.posix.basename(file));
  const ready = module.classes.length === 1 && first !== undefined && requiredArguments(first).length === 0;
  return 1 + (isOwn ? 4 : 0) + (named ? 2 : 0) + (ready ? 2 : 0) - (isBase ? 4 : 0);
}

/** Classes of TorchServe that handlers derive from. */
const handlerBases =
  /(^|\.)(\w*Handler|ImageClassifier|TextClassifier|ObjectDetector|ImageSegmenter|DaliImageClassifier|DensePoseHandler)$/;
/** What TorchServe calls on a handler. */
const handlerMethods = new Set(['initialize', 'preprocess', 'inference', 'postprocess', 'handle']);

function handlerScore(file: string, module: PythonModule): number {
  const derived = module.classes.some(
    (made) =>
      !isNetwork(made) &&
      (made.bases.some((base) => handlerBases.test(base)) ||
        made.methods.filter(({ name }) => handlerMethods.has(name)).length > 1),
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
