import { openVinoPatterns } from '../diagnosis/openVinoPatterns.ts';
import type { ModelServer, Workers } from './modelServer.ts';

export const openVinoModelServer: ModelServer = {
  label: 'OpenVINO Model Server',
  type: 'ovms',
  runtimeName: 'kserve-openvino',
  pattern: /openvino/,
  builtFor: (image) => (/(?:^|\/)openvino\/model_server[:@]/.test(image) ? ['amd64'] : undefined),
  workersIn,
  failures: openVinoPatterns,
};

/** A version that cannot be loaded stays, and is tried again whenever the files change. */
function workersIn(log: string): Workers {
  const last = (pattern: RegExp): number => [...log.matchAll(pattern)].at(-1)?.index ?? -1;
  const loaded = last(/New status: \( "state": "AVAILABLE"/g);
  const failed = last(
    /Error occurred while loading model|No version found for model in path|New status: \( "state": "LOADING", "error_code": "UNKNOWN"/g,
  );
  if (Math.max(loaded, failed) < 0) return 'unknown';
  return loaded > failed ? 'loaded' : 'failed';
}
