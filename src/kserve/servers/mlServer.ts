import { mlServerPatterns } from '../diagnosis/mlServerPatterns.ts';
import { loadedOrFailed } from './workersInLog.ts';
import type { ModelServer, Workers } from './modelServer.ts';

export const mlServer: ModelServer = {
  label: 'MLServer',
  type: 'mlserver',
  runtimeName: 'kserve-mlserver',
  // Not `pmmlserver`, another server of KServe.
  pattern: /(?<![a-z])mlserver/,
  defaultProtocol: 'v2',
  startUp: () => ({
    seconds: 5,
    measured: 'MLServer 1.7.1 was ready after 4.7 s with a graph of 5 MB, as a process on two busy cores',
  }),
  workersIn,
  failures: mlServerPatterns,
};

/** It stops when a model cannot be loaded at its start. */
function workersIn(log: string): Workers {
  return loadedOrFailed(
    log,
    /Loaded model '[^']*' succes+fully/g,
    /Couldn't load model '|Some of the models failed to load during startup|Failed load model settings at/g,
  );
}
