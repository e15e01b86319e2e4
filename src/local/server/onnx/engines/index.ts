import { availableParallelism } from 'node:os';
import { ModelDeckError } from '../../../../foundation/error.ts';
import type { LoadedEngine, OnnxEngine } from './engine.ts';
import { native } from './native.ts';
import { webAssembly } from './webAssembly.ts';

/** The builds of ONNX Runtime, the quickest first. A new one is a file and a line. */
export const onnxEngines: readonly OnnxEngine[] = [native, webAssembly];

/** More threads than this gain nothing on classifiers, and each costs memory. */
const mostThreads = 4;

/**
 * The first engine whose library can be loaded here.
 * @param log told which computes, and why one before it does not
 * @param engines the registered ones when left out
 * @throws ModelDeckError `missing-tool` when there is none
 */
export async function loadEngine(
  log: (line: string) => void,
  engines: readonly OnnxEngine[] = onnxEngines,
): Promise<LoadedEngine> {
  const threads = Math.min(mostThreads, availableParallelism());
  const reasons: string[] = [];
  for (const { load, ...engine } of engines) {
    const { label } = engine;
    try {
      const runtime = await load(threads);
      log(`${label} computes${reasons.length > 0 ? `; ${reasons.join('; ')}` : ''}.`);
      return { ...engine, runtime, threads };
    } catch (error) {
      reasons.push(`${label} is not there (${reasonOf(error)})`);
    }
  }
  throw new ModelDeckError('missing-tool', `ONNX Runtime could not be loaded: ${reasons.join('; ')}.`, {
    remedy: 'Install the package of the extension for all platforms: it computes in WebAssembly.',
    nextStep: { kind: 'show-log' },
  });
}

/** The first line of what a library says that cannot be loaded, without the list of files that required it. */
function reasonOf(error: unknown): string {
  const { message = String(error), code } = error as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return 'this package of the extension is for all platforms';
  return (message.split('\n')[0] ?? '').slice(0, 200);
}
