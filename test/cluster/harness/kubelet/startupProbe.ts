import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from '../kubeTypes.ts';
import type { Workload } from './workload.ts';

/** The workload, ready only after the container's start-up probe has succeeded; asked more often than a kubelet would. */
export function afterStartupProbe({ startupProbe }: Container, workload: Workload): Workload {
  if (startupProbe === undefined) return workload;
  const { path, port } = startupProbe.httpGet;
  const hostPort = workload.forwards.find(({ podPort }) => podPort === port)?.hostPort;
  if (hostPort === undefined) return { ...workload, ready: new Promise(() => undefined) };
  const abort = new AbortController();
  return {
    ...workload,
    ready: succeeds(`http://127.0.0.1:${hostPort}${path}`, abort.signal).then(() => workload.ready),
    stop: async () => {
      abort.abort();
      await workload.stop();
    },
  };
}

async function succeeds(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(url, { signal }).catch(() => undefined);
    await response?.body?.cancel().catch(() => undefined);
    if (response?.ok) return;
    await delay(200);
  }
  await new Promise(() => undefined);
}
