import type { LogPattern } from './logPatterns.ts';

/**
 * What TorchServe (0.9 to 0.12), its Python workers and KServe's wrapper write when they cannot serve, causes before
 * consequences. The texts were read in the logs of TorchServes that were made to fail.
 */
export const torchServePatterns: readonly LogPattern[] = [
  {
    code: 'token-auth-arguments',
    category: 'invalid-input',
    pattern: /unrecognized arguments: (.*--(?:disable-token-auth|enable-model-api).*)/,
    summary: ([, args], name) =>
      `TorchServe of ${name} does not know the arguments ${args ?? ''}: they came with version 0.11.1.`,
    remedy:
      'Take the arguments out of the manifest: disable_token_authorization=true in config.properties does the same in every version.',
  },
  {
    code: 'config-missing',
    category: 'not-found',
    pattern: /--ts-config file not found: (\S+)|No such file or directory: '([^']+)'/,
    fits: ([, byServer, byWrapper = '']) => byServer !== undefined || byWrapper.endsWith('config.properties'),
    summary: ([, byServer, byWrapper], name) =>
      `${name} has no ${byServer ?? byWrapper ?? 'config.properties'}: the storage URI leads to a folder without config/config.properties.`,
    remedy: 'Point the storage URI at the folder that holds config/ and model-store/, or upload the model again.',
  },
  {
    code: 'config-key-missing',
    category: 'invalid-input',
    pattern: /\bKeyError: '([^']+)'/,
    fits: ([, key = '']) => wrapperKeys.includes(key),
    summary: ([, key], name) => `The config.properties of ${name} has no ${key ?? ''}, which KServe's wrapper needs.`,
    remedy: 'Upload the model again, so that config.properties is written again.',
  },
  {
    code: 'config-snapshot-broken',
    category: 'invalid-input',
    pattern: /json\.decoder\.JSONDecodeError: (.+)|JsonSyntaxException: (.+)/,
    // Handlers read other JSON, too.
    fits: (_match, text) => /kserve_wrapper|SnapshotManager/.test(text),
    summary: (_match, name) =>
      `The model_snapshot in the config.properties of ${name} is no JSON: it has to stand in one line.`,
    remedy: 'Upload the model again, so that config.properties is written again.',
  },
  {
    code: 'model-store-missing',
    category: 'not-found',
    pattern: /--model-store directory not found: (\S+)|Model store path is not found: (\S+)/,
    summary: ([, byScript, byServer], name) =>
      `${name} has no folder ${byScript ?? byServer ?? 'model-store'}: the storage URI leads elsewhere.`,
    remedy: 'Point the storage URI at the folder that holds config/ and model-store/.',
  },
  {
    code: 'archive-missing',
    category: 'not-found',
    pattern: /Model archive file for model :?(\S+?),? version :?(\S+) not found in model store/,
    summary: ([, model, version], name) =>
      `The archive of model ${model ?? ''} ${version ?? ''} is not in the model-store of ${name}, though its config.properties names it.`,
    remedy: 'Upload the model again: config.properties and archive have to be of one package.',
  },
  {
    code: 'version-mismatch',
    category: 'invalid-input',
    pattern: /Model version: (\S+) does not exist for model: (\S+)/,
    summary: ([, version, model], name) =>
      `The config.properties of ${name} asks for version ${version ?? ''} of ${model ?? ''}, and the archive is of another one.`,
    remedy: 'Upload the model again: the version in config.properties has to be that of the archive.',
  },
  {
    code: 'archive-not-accepted',
    category: 'invalid-input',
    pattern: /ModelMissingError(?:: (\S+))?/,
    summary: (_match, name) =>
      `KServe's wrapper finds no .mar file in the model-store of ${name}; from version 0.10 on, it takes none with another dot in its name.`,
    remedy: 'Package the model under a name without dots, and upload it again.',
  },
  {
    code: 'port-in-use',
    category: 'conflict',
    // The program that had the port may be gone at the next start.
    mayHeal: 'retry',
    pattern: /Failed to bind to address: (\S+)/,
    summary: ([, address = ''], name) =>
      `TorchServe of ${name} cannot listen at ${address}: the port is in use, by another address of config.properties or by KServe's wrapper (8080, 8081).`,
    remedy: 'Give inference_address another port than 8080 in config.properties; 8085 is usual.',
  },
  {
    code: 'no-write-permission',
    category: 'permission',
    pattern: /AccessDeniedException: (\S+)/,
    summary: ([, path = 'a folder'], name) => `The server of ${name} may not write to ${path}.`,
    remedy:
      'Let it write elsewhere (LOG_LOCATION, METRICS_LOCATION, TEMP), or give the folder to user 1000 on the claim.',
  },
  {
    code: 'token-required',
    category: 'unauthorized',
    pattern: /Token Authorization failed/,
    summary: (_match, name) =>
      `TorchServe of ${name} asks KServe's wrapper for a token, so that the model never becomes ready.`,
    remedy: 'Set disable_token_authorization=true in config.properties, as our packages do.',
  },
  {
    code: 'model-classes',
    category: 'invalid-input',
    pattern: /Expected only one class as model definition\.? ?(.*)/,
    summary: ([, classes = ''], name) =>
      `The model file of ${name} has ${countClasses(classes)}, and TorchServe takes exactly one.`,
    remedy: 'Keep one class in the model file, and move the others to a file of their own.',
  },
  {
    code: 'handler-classes',
    category: 'invalid-input',
    pattern: /Expected only one class in custom service code or a function entry point ?(.*)/,
    summary: ([, classes = ''], name) =>
      `The handler of ${name} has ${countClasses(classes)}, and TorchServe takes exactly one, or a function.`,
    remedy: 'Keep one class in the handler, and move the others to a file of their own.',
  },
  {
    code: 'model-file-missing',
    category: 'not-found',
    pattern: /Missing the (\S+) file/,
    fits: ([, file]) => file === 'model.py',
    summary: (_match, name) => `The archive of ${name} does not hold the model file that its manifest names.`,
    remedy: 'Package the model again.',
  },
  {
    code: 'archive-broken',
    category: 'invalid-input',
    pattern: /ModuleNotFoundError: No module named '([^']+)'/,
    fits: ([, module = '']) => /^[0-9a-f]{32}$/.test(module),
    summary: (_match, name) => `The archive of ${name} has no manifest, or is no archive at all.`,
    remedy: 'Package and upload the model again.',
  },
  {
    code: 'handler-missing',
    category: 'not-found',
    pattern: /ModuleNotFoundError: No module named '([^']+)'/,
    // TorchServe tries a handler of the archive, then one of its own.
    fits: ([, module = ''], text) => text.includes(`No module named 'ts.torch_handler.${module}'`),
    summary: ([, handler], name) => `The archive of ${name} does not hold its handler ${handler ?? ''}.py.`,
    remedy: 'Package the model again with its handler, or use one of the built-in handlers.',
  },
  {
    code: 'batch-mismatch',
    category: 'invalid-input',
    pattern: /number of batch response mismatched/,
    summary: (_match, name) => `TorchServe of ${name} answers batches that KServe's envelopes cannot take apart.`,
    remedy: 'Set batchSize to 1 in config.properties.',
  },
];

const wrapperKeys = ['model_snapshot', 'inference_address', 'management_address', 'grpc_inference_port', 'model_store'];

function countClasses(list: string): string {
  const classes = [...list.matchAll(/<class '[^']*?\.?(\w+)'>/g)].map(([, name]) => name);
  if (classes.length === 0) return 'no class';
  return `${classes.length} classes (${classes.join(', ')})`;
}
