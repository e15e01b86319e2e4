import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../apiClient.ts';
import { pathOf } from '../applyManifests.ts';
import type { Manifest } from '../kserveManifests.ts';
import type { Pod } from '../kubeTypes.ts';

/** A port of a pod and the port of 127.0.0.1 that answers for it. */
export interface Forward {
  readonly podPort: number;
  readonly hostPort: number;
}

export interface LogFiles {
  readonly container: string;
  readonly file: string;
  readonly previous?: string;
}

/** What kwok is told about a pod, by objects of its own kinds that have the pod's name. */
export interface KwokObjects {
  /** Commands run on this machine, in this folder. */
  readonly allowExec: (workDir: string) => Promise<void>;
  readonly serveLogs: (files: readonly LogFiles[]) => Promise<void>;
  readonly forwardPorts: (forwards: readonly Forward[]) => Promise<void>;
  /** Waits until kwok has heard of the exec: from then on a pod may be called running. */
  readonly heard: (container: string, signal: AbortSignal) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export function kwokObjects(
  api: ApiClient,
  kwok: { readonly port: number; readonly ca: string },
  pod: Pod,
): KwokObjects {
  const { name, namespace } = pod.metadata;
  const object = (kind: string, spec: object): Manifest => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind,
    metadata: { name, namespace },
    spec,
  });
  const apply = async (kind: string, spec: object): Promise<void> => {
    const manifest = object(kind, spec);
    await api.patch(pathOf(manifest), 'apply', manifest);
  };
  return {
    allowExec: (workDir) => apply('Exec', { execs: [{ local: { workDir } }] }),
    serveLogs: (files) =>
      apply('Logs', {
        logs: files.map(({ container, file, previous }) => ({
          containers: [container],
          logsFile: file,
          ...(previous === undefined ? {} : { previousLogsFile: previous }),
          follow: true,
        })),
      }),
    forwardPorts: (forwards) =>
      apply('PortForward', {
        forwards: forwards.map(({ podPort, hostPort }) => ({
          ports: [podPort],
          target: { address: '127.0.0.1', port: hostPort },
        })),
      }),
    heard: async (container, signal) => {
      const ca = await readFile(kwok.ca);
      const path = `/exec/${namespace}/${name}/${container}?command=true&output=1`;
      for (
        const end = Date.now() + 20_000;
        !signal.aborted && !(await execSucceeds(kwok.port, ca, path));
        await delay(20)
      ) {
        if (Date.now() > end) throw new Error(`kwok did not hear of ${namespace}/${name}.`);
      }
    },
    remove: async () => {
      for (const kind of ['Exec', 'Logs', 'PortForward']) await api.remove(pathOf(object(kind, {})));
    },
  };
}

/**
 * Runs a command by kwok's own exec endpoint. Kubernetes' protocol in a WebSocket: the first byte of a message is its
 * channel, and channel 3 brings the outcome. It comes in one short unmasked frame, so its words can be looked for as they are.
 */
function execSucceeds(port: number, ca: Buffer, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      ca,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        'Sec-WebSocket-Protocol': 'v4.channel.k8s.io',
      },
    });
    call.once('upgrade', (_response, socket, head) => {
      let received = head.toString('latin1');
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        if (!/"status":"(?:Success|Failure)"/.test(received)) return;
        resolve(received.includes('"status":"Success"'));
        socket.destroy();
      });
      socket.once('error', () => resolve(false)).once('close', () => resolve(false));
    });
    call.once('response', (response) => {
      response.resume();
      resolve(false);
    });
    call.once('error', () => resolve(false));
    call.end();
  });
}
