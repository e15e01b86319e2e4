import type { ModelServer } from './modelServer.ts';

export const mlServer: ModelServer = {
  label: 'MLServer',
  type: 'mlserver',
  runtimeName: 'kserve-mlserver',
  pattern: /mlserver/,
  defaultProtocol: 'v2',
};
