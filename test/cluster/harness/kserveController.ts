import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './apiClient.ts';
import { applyAll, applyDefinitions } from './applyManifests.ts';
import type { Binaries } from './binaries.ts';
import type { Authority } from './certificates.ts';
import { readKServeManifests } from './kserveManifests.ts';
import type { KeptProcess, ProcessKeeper } from './processKeeper.ts';

/** KServe's controller with its webhooks, as a process of this machine. */
export interface KServeController {
  /** Starts it and waits until its webhooks listen. */
  readonly start: () => Promise<void>;
  /** Ends it: InferenceServices stay as they are, and its webhooks refuse the connection. */
  readonly stop: () => Promise<void>;
}

export interface KServeParts {
  readonly binaries: Binaries;
  readonly authority: Authority;
  readonly keeper: ProcessKeeper;
  readonly api: ApiClient;
  readonly kubeconfig: string;
  readonly ports: { readonly webhook: number; readonly metrics: number; readonly health: number };
}

/** Applies KServe's manifests, and starts the controller in between where they need it. */
export async function startKServe(parts: KServeParts): Promise<KServeController> {
  const { api, authority, ports } = parts;
  const manifests = await readKServeManifests(parts.binaries, {
    url: `https://127.0.0.1:${ports.webhook}`,
    caBundle: (await readFile(authority.ca)).toString('base64'),
  });
  await applyDefinitions(api, manifests.definitions);
  await applyAll(api, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kserve' } }]);
  await applyAll(api, manifests.base);

  const temporary = path.join(parts.keeper.folder, 'kserve');
  // The manager has no flag for its certificate: it looks below the folder for temporary files.
  const certificates = path.join(temporary, 'k8s-webhook-server', 'serving-certs');
  await mkdir(certificates, { recursive: true });
  await copyFile(authority.server.cert, path.join(certificates, 'tls.crt'));
  await copyFile(authority.server.key, path.join(certificates, 'tls.key'));
  let process: KeptProcess | undefined;
  const controller: KServeController = {
    start: async () => {
      if (process !== undefined) return;
      process = parts.keeper.start(
        'kserve-manager',
        parts.binaries.kserveManager,
        [
          `--metrics-addr=127.0.0.1:${ports.metrics}`,
          `--health-probe-addr=127.0.0.1:${ports.health}`,
          `--webhook-port=${ports.webhook}`,
        ],
        { TMPDIR: temporary, POD_NAMESPACE: 'kserve', KUBECONFIG: parts.kubeconfig },
      );
      await listening(ports.webhook, process);
    },
    stop: async () => {
      await process?.stop();
      process = undefined;
    },
  };
  await controller.start();
  await applyAll(api, manifests.webhooks);
  await applyAll(api, manifests.runtimes);
  return controller;
}

async function listening(port: number, process: KeptProcess): Promise<void> {
  for (const end = Date.now() + 60_000; !(await accepts(port)); await delay(100)) {
    process.throwIfEnded();
    if (Date.now() > end) throw new Error(`${process.name} did not listen within a minute:\n${process.output()}`);
  }
}

/** Whether somebody listens at a port of 127.0.0.1. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
