import { startProcessGroup } from '../../../scripts/vscode/processGroup.ts';
import type { Cluster } from './cluster.ts';

/** What `kubectl port-forward` has opened. */
export interface PortForwarding {
  /** `http://127.0.0.1:<port>`, without a slash. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Forwards a free port of 127.0.0.1 by kubectl.
 *
 * @param target as kubectl takes it, for example `deployment/cats-predictor`
 * @throws Error with kubectl's words
 */
export async function portForward(
  cluster: Cluster,
  { namespace, target, port: podPort }: { readonly namespace: string; readonly target: string; readonly port: number },
): Promise<PortForwarding> {
  const options = [`--kubeconfig=${cluster.kubeconfig}`, '--namespace', namespace, '--address=127.0.0.1'];
  const group = startProcessGroup(cluster.kubectlPath, [...options, 'port-forward', target, `:${podPort}`], {
    env: { ...process.env, HOME: cluster.folder, KUBECONFIG: cluster.kubeconfig },
  });
  const port = await new Promise<string | undefined>((resolve) => {
    group.child.stdout?.on('data', () => {
      const local = /^Forwarding from 127\.0\.0\.1:(\d+)/m.exec(group.output())?.[1];
      if (local !== undefined) resolve(local);
    });
    group.child.once('close', () => resolve(undefined));
  });
  if (port !== undefined) return { url: `http://127.0.0.1:${port}`, stop: group.stop };
  await group.stop();
  throw new Error(`kubectl port-forward failed: ${group.output()}`);
}
