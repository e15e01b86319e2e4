import { loadEngine } from './engines/index.ts';
import { OnnxSession, type OnnxFiles } from './onnxSession.ts';

/**
 * Loads a graph into ONNX Runtime.
 * @param log told which build of it computes
 * @throws ModelDeckError when it cannot be loaded, or has no input of that name
 */
export async function openSession(
  files: OnnxFiles,
  inputName: string | undefined,
  log: (line: string) => void,
): Promise<OnnxSession> {
  return OnnxSession.open(await loadEngine(log), files, inputName);
}
