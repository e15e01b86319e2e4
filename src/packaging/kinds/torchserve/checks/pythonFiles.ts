import path from 'node:path';
import { requiredArguments } from '../../../read/candidates.ts';
import type { Finding } from '../../../read/detection.ts';
import type { PythonClass, PythonParameter } from '../../../read/formats/pythonModule.ts';
import { generatedFor, handlerKind, located, tokenLocation, type CheckContext, type PythonSource } from './context.ts';

/** Modules that a TorchServe worker has imported before it looks for ours: a file of such a name is never found. */
const takenModules = new Set(
  'torch torchvision numpy PIL ts os sys io re json logging time types enum abc inspect importlib packaging yaml psutil uuid'.split(
    ' ',
  ),
);

/** The model file: TorchServe imports it and calls the one class that it defines, without arguments. */
export function checkModelFile({ spec, modelSource, weights, at }: CheckContext): Finding[] {
  if (modelSource === undefined || generatedFor(spec) === 'onnx') return [];
  if (generatedFor(spec) === 'torch') return classesForGenerated(modelSource);
  const { file, module } = modelSource;
  const findings = [...moduleName(modelSource, at('modelFile')), ...syntax(modelSource)];
  // With an open bracket somewhere, what follows was not read.
  if (module.problem !== undefined) return findings;
  const [first, second] = module.classes;
  const names = module.classes.map((made) => made.name);
  // A handler of one's own may load the model in another way.
  const severity = handlerKind(spec) === 'built-in' ? 'error' : 'warning';
  if (first === undefined) {
    findings.push(noClass(file, severity));
  } else if (second !== undefined) {
    findings.push({
      code: 'two-classes-in-model-file',
      severity,
      message: `${path.basename(file)} defines ${names.length} classes: ${names.join(', ')}. TorchServe takes a model file with one.`,
      remedy:
        'Leave the class of the model; move the others to a second Python file, import them, and add that file to extraFiles.',
      laterMessage: `Expected only one class as model definition. [${[...names]
        .sort()
        .map((name) => `<class '${path.basename(file, '.py')}.${name}'>`)
        .join(', ')}]`,
      location: tokenLocation(file, second.at),
    });
  } else if (weights?.kind !== 'onnx') {
    findings.push(...constructor(file, first, severity));
  }
  return findings;
}

/** The generated handler takes the class that the weights fit, of all that can be made without arguments. */
function classesForGenerated(source: PythonSource): Finding[] {
  const { file, module } = source;
  const findings = syntax(source);
  if (module.problem !== undefined) return findings;
  const [first] = module.classes;
  if (first === undefined) return [noClass(file, 'error')];
  const isReady = module.classes.some((made) => requiredArguments(made).length === 0);
  return isReady ? findings : [...findings, ...constructor(file, module.classes.at(-1) ?? first, 'error')];
}

function noClass(file: string, severity: Finding['severity']): Finding {
  return {
    code: 'no-class-in-model-file',
    severity,
    message: `${path.basename(file)} defines no class at its top. Imported classes do not count.`,
    remedy: 'Define the class of the model there, for example one that derives from an imported one.',
    laterMessage: 'Expected only one class as model definition. []',
    location: { path: file, line: 0, column: 0 },
  };
}

function constructor(file: string, made: PythonClass, severity: Finding['severity']): Finding[] {
  const required = requiredArguments(made);
  const [first] = required;
  if (first === undefined) return [];
  // Python complains of those with a place first, and of the others only when these are all there.
  const byPlace = required.filter((parameter) => !parameter.keywordOnly);
  const told = byPlace.length > 0 ? byPlace : required;
  const kind = byPlace.length > 0 ? 'positional' : 'keyword-only';
  return [
    {
      code: 'constructor-needs-arguments',
      severity,
      message: `${made.name} cannot be made without arguments: ${listed(required)} ${required.length > 1 ? 'have' : 'has'} no default. TorchServe gives none.`,
      remedy: 'Give each a default, the one that the weights were trained with.',
      laterMessage: `TypeError: ${made.name}.__init__() missing ${told.length} required ${kind} argument${told.length > 1 ? 's' : ''}: ${listed(told)}`,
      location: tokenLocation(file, first.at, required.at(-1)?.at),
    },
  ];
}

/** Names as Python lists them: `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`. */
function listed(parameters: readonly PythonParameter[]): string {
  const names = parameters.map((parameter) => `'${parameter.name}'`);
  const last = names.pop() ?? '';
  if (names.length === 0) return last;
  return `${names.join(', ')}${names.length > 1 ? ',' : ''} and ${last}`;
}

/** A handler of one's own: a function that is named or called `handle`, or else exactly one class with a `handle`. */
export function checkHandler({ spec, handlerSource, at }: CheckContext): Finding[] {
  if (handlerSource === undefined) return [];
  const { file, module } = handlerSource;
  const findings = [...moduleName(handlerSource, at('handler')), ...syntax(handlerSource)];
  if (module.problem !== undefined) return findings;
  const named = /:(\w+)$/.exec(spec.handler)?.[1];
  const namedClass = module.classes.find((made) => made.name === named);
  if (namedClass !== undefined) return [...findings, classAsFunction(namedClass, file, at('handler'))];
  if (module.names.has(named ?? 'handle')) return findings;
  const name = path.basename(file);
  const [only, ...more] = module.classes;
  if (named !== undefined) {
    findings.push({
      code: 'handler-function-not-found',
      severity: 'error',
      message: `handler: ${name} has no function ${named}.`,
      remedy: `Fix the name behind the colon, or define ${named}(data, context).`,
      laterMessage: 'Expected only one class in custom service code or a function entry point',
      ...located(at('handler')),
    });
  } else if (only === undefined || more.length > 0) {
    const has =
      only === undefined
        ? 'neither a class nor a function handle'
        : `${more.length + 1} classes and no function handle`;
    findings.push({
      code: 'handler-entry-point',
      severity: 'error',
      message: `${name} has ${has}: TorchServe would not know what to call.`,
      remedy: 'Leave one class in it; or define handle(data, context), or name a function as handler.py:function.',
      laterMessage: 'Expected only one class in custom service code or a function entry point',
      location: more[0] === undefined ? { path: file, line: 0, column: 0 } : tokenLocation(file, more[0].at),
    });
  } else if (only.bases.length === 0 && !only.methods.some((method) => method.name === 'handle')) {
    findings.push({
      code: 'handler-without-handle',
      severity: 'error',
      message: `${only.name} in ${name} has no method handle, and no base class to have it from.`,
      remedy: 'Derive it from ts.torch_handler.base_handler.BaseHandler, or define handle(self, data, context).',
      laterMessage: `Expect handle method in class <class '${path.basename(file, '.py')}.${only.name}'>`,
      location: tokenLocation(file, only.at),
    });
  }
  return findings;
}

/** Behind the colon TorchServe takes a function; a class it finds by itself when it is the only one in the file. */
function classAsFunction({ name, at }: PythonClass, file: string, location: Finding['location']): Finding {
  return {
    code: 'handler-names-class',
    severity: 'error',
    message: `handler: ${name} in ${path.basename(file)}, line ${at.line + 1}, is a class, and TorchServe calls what is named behind the colon as a function.`,
    remedy: `Write ${path.basename(file)} without :${name}: TorchServe finds the class when it is the only one in the file.`,
    laterMessage: `TypeError: ${name}.__init__() takes 1 positional argument but 3 were given`,
    ...located(location),
  };
}

/** TorchServe makes a module's name from the file's: what is behind a dot is lost, and a name that is taken is not ours. */
function moduleName({ file }: PythonSource, location: Finding['location']): Finding[] {
  const stem = path.basename(file, '.py');
  const [module = ''] = stem.split('.');
  if (module === stem && !takenModules.has(module)) return [];
  const dotted = module !== stem;
  return [
    {
      code: dotted ? 'python-name-dots' : 'python-name-taken',
      severity: 'error',
      message: dotted
        ? `${path.basename(file)}: TorchServe would import a module ${module}, because of the dot in the name.`
        : `${path.basename(file)}: TorchServe would get the installed module ${module} instead.`,
      remedy: dotted
        ? `Rename it to ${stem.replace(/\W+/g, '_')}.py.`
        : 'Give the file another name, for example model.py.',
      laterMessage: dotted
        ? `ModuleNotFoundError: No module named '${module}'`
        : 'Expected only one class as model definition.',
      ...located(location),
    },
  ];
}

function syntax({ file, module: { problem } }: PythonSource): Finding[] {
  if (problem === undefined) return [];
  return [
    {
      code: 'python-syntax',
      severity: 'error',
      message: `${path.basename(file)}, line ${problem.line + 1}: ${problem.message}.`,
      remedy: 'Fix it: Python cannot import the file.',
      laterMessage: `SyntaxError: ${problem.message}`,
      location: { path: file, line: problem.line, column: problem.column },
    },
  ];
}
