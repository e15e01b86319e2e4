import type { ModelServer } from './modelServer.ts';

export const mlServer: ModelServer = {
  type: 'mlserver',
  runtimeName: 'kserve-mlserver',
  pattern: /mlserver/,
  defaultProtocol: 'v2',
};
