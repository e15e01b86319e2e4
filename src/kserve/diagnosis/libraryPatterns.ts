import type { LogPattern } from './logPatterns.ts';
import { onnxRuntimePatterns } from './onnxRuntimePatterns.ts';

/** What Python and its libraries, and operating systems, write in servers of all kinds. */
export const libraryPatterns: readonly LogPattern[] = [
  ...onnxRuntimePatterns,
  {
    code: 'unknown-arguments',
    category: 'invalid-input',
    pattern: /error: unrecognized arguments: (.+)/,
    summary: ([, args], name) => `The server of ${name} does not know the arguments ${args ?? ''}.`,
    remedy: 'Take them out of the manifest (spec.predictor.model.args), or use an image that knows them.',
  },
  {
    code: 'port-in-use',
    category: 'conflict',
    // The program that had the port may be gone at the next start.
    mayHeal: 'retry',
    pattern: /\b[Aa]ddress already in use\b/,
    summary: (_match, name) => `The server of ${name} cannot listen: another program of its pod has the port already.`,
    remedy: 'Give one of them another port, in the manifest or the runtime.',
  },
  {
    code: 'requirements-not-installed',
    category: 'not-found',
    pattern: /No matching distribution found for (\S+)|Custom pip package installation failed for (\S+)/,
    summary: ([, requirement], name) =>
      `The requirements of ${name} cannot be installed${requirement === undefined ? '' : `: there is no ${requirement} for it`}.`,
    remedy: 'Correct requirements.txt; in a cluster without a package index, build an image that has them.',
  },
  {
    code: 'module-missing',
    category: 'not-found',
    mayBeHarmless: true,
    pattern: /(?:ModuleNotFoundError|ImportError): No module named '([^']+)'/,
    summary: ([, module], name) =>
      `The code of ${name} imports ${module ?? ''}, which is neither in the image nor in the package.`,
    remedy: 'Add a file of your own to the extra files of the package, or a library to its requirements.txt.',
  },
  {
    code: 'import-failed',
    category: 'invalid-input',
    mayBeHarmless: true,
    pattern: /ImportError: (cannot import name .+)/,
    summary: ([, what = ''], name) => `The code of ${name} ${what.trim().replace(/\.$/, '')}.`,
    remedy: 'Use the versions of the libraries that the image has, or another image.',
  },
  {
    code: 'weights-do-not-fit',
    category: 'invalid-input',
    pattern: /Error\(s\) in loading state_dict for (\S+?):/,
    summary: ([, model], name) =>
      `The weights of ${name} do not fit its model ${model ?? ''}: their layers have other names or sizes.`,
    remedy: 'Package the weights with the model file that they were trained with.',
  },
  {
    code: 'weights-unusable',
    category: 'invalid-input',
    pattern:
      /No model weights could be loaded|PytorchStreamReader failed|invalid load key|UnpicklingError|not a ZIP archive|Weights only load failed/,
    summary: (_match, name) => `The weights of ${name} cannot be read: they are of another format, or cut off.`,
    remedy: 'Check the weights, and package and upload the model again.',
  },
  {
    code: 'no-write-permission',
    category: 'permission',
    mayBeHarmless: true,
    pattern:
      /PermissionError: \[Errno 13\] Permission denied: '?([^'\s]+)|OSError: \[Errno 30\] Read-only file system: '?([^'\s]+)/,
    summary: ([, denied, readOnly], name) =>
      `The server of ${name} may not write to ${denied ?? readOnly ?? 'a folder'}.`,
    remedy:
      'Let it write elsewhere (LOG_LOCATION, METRICS_LOCATION, TEMP), or give the folder to user 1000 on the claim.',
  },
  {
    code: 'disk-full',
    category: 'no-space',
    pattern: /No space left on device/,
    summary: (_match, name) => `The disk is full for the server of ${name}.`,
    remedy: 'Free disk on the node, or raise the limit of ephemeral-storage.',
  },
  {
    code: 'server-out-of-memory',
    category: 'no-space',
    pattern:
      /System out of memory|CUDA out of memory|java\.lang\.OutOfMemoryError|can't allocate memory|std::bad_alloc|\bMemoryError\b(?=:|\s*$)/m,
    summary: (_match, name) => `The server of ${name} has too little memory to load the model.`,
    remedy: 'Raise the memory in the manifest, or lower the number of workers of the server.',
  },
  {
    code: 'python-error',
    category: 'invalid-input',
    mayBeHarmless: true,
    pattern: /\b(SyntaxError|IndentationError): (.+)/,
    summary: ([, kind, what = ''], name) =>
      `The code of ${name} is not Python for the image's version: ${kind}: ${what.trim().replace(/\.$/, '')}.`,
    remedy: 'Correct the file, and package the model again.',
  },
  {
    code: 'storage-hf-access',
    category: 'unauthorized',
    pattern:
      /GatedRepoError|[Cc]annot access gated repo|trying to access a gated repo|is restricted\. You must (?:have access to it and )?be authenticated/,
    summary: (_match, name) =>
      `Hugging Face gives the model of ${name} only to accounts that were granted access, and its server has no token of one.`,
    remedy:
      'Ask for access on the page of the model, and give the server the token: the environment variable HF_TOKEN from a Secret, in the manifest (spec.predictor.model.env).',
  },
];
