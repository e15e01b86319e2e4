import { tritonPatterns } from '../diagnosis/tritonPatterns.ts';
import { lastIndex } from './workersInLog.ts';
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
  const begun = lastIndex(log, /\] (?:"?)loading: /g);
  const loaded = lastIndex(log, /successfully loaded '/g);
  const failed = lastIndex(log, /failed to load (?:model )?'|Poll failed for model directory|error: creating server/g);
  if (Math.max(begun, loaded, failed) < 0) return 'unknown';
  if (failed > loaded) return 'failed';
  return loaded > begun ? 'loaded' : 'loading';
}
