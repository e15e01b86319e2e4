import { availableParallelism } from 'node:os';
import { OnnxSession, type OnnxFiles } from './onnxSession.ts';

/** More threads than this gain nothing on classifiers, and each costs memory. */
const mostThreads = 4;

/** Loads a graph into ONNX Runtime. @throws ModelDeckError when it cannot be loaded, or has no input of that name */
export async function openSession(files: OnnxFiles, inputName: string | undefined): Promise<OnnxSession> {
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.numThreads = Math.min(mostThreads, availableParallelism());
  return OnnxSession.open(runtime, files, inputName);
}
