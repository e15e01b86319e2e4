import { openVinoPatterns } from '../diagnosis/openVinoPatterns.ts';
import { loadedOrFailed } from './workersInLog.ts';
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
  return loadedOrFailed(
    log,
    /New status: \( "state": "AVAILABLE"/g,
    /Error occurred while loading model|No version found for model in path|New status: \( "state": "LOADING", "error_code": "UNKNOWN"/g,
  );
}
