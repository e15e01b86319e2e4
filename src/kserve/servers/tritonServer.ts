import { tritonPatterns } from '../diagnosis/tritonPatterns.ts';
import type { ModelServer, Workers } from './modelServer.ts';

export const tritonServer: ModelServer = {
  label: 'Triton',
  type: 'tritonserver',
  runtimeName: 'kserve-tritonserver',
  pattern: /tritonserver/,
  defaultProtocol: 'v2',
  usesGpu: true,
  startUp: () => ({ seconds: 2, measured: 'Triton 2.51 was ready after 1.5 s, as a process on two cores' }),
  workersIn,
  failures: tritonPatterns,
};

/** By default it ends when a model cannot be loaded; `--exit-on-error=false` lets it go on without. */
function workersIn(log: string): Workers {
  const last = (pattern: RegExp): number => [...log.matchAll(pattern)].at(-1)?.index ?? -1;
  const begun = last(/\] (?:"?)loading: /g);
  const loaded = last(/successfully loaded '/g);
  const failed = last(/failed to load (?:model )?'|Poll failed for model directory|error: creating server/g);
  if (Math.max(begun, loaded, failed) < 0) return 'unknown';
  if (failed > loaded) return 'failed';
  return loaded > begun ? 'loaded' : 'loading';
}
