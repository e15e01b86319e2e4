import { mlServerPatterns } from '../diagnosis/mlServerPatterns.ts';
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
  const last = (pattern: RegExp): number => [...log.matchAll(pattern)].at(-1)?.index ?? -1;
  const loaded = last(/Loaded model '[^']*' succes+fully/g);
  const failed = last(
    /Couldn't load model '|Some of the models failed to load during startup|Failed load model settings at/g,
  );
  if (Math.max(loaded, failed) < 0) return 'unknown';
  return loaded > failed ? 'loaded' : 'failed';
}
