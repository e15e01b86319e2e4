import type { Cluster } from './cluster.ts';

/** Makes a pod that has the claim at `/pv` as its working folder, and waits until commands can be run in it. */
export async function startHelperPod(
  cluster: Cluster,
  { namespace, name, claim }: { readonly namespace: string; readonly name: string; readonly claim: string },
): Promise<void> {
  const container = {
    name: 'shell',
    image: 'busybox:stable',
    command: ['sleep', 'infinity'],
    workingDir: '/pv',
    volumeMounts: [{ name: 'claim', mountPath: '/pv' }],
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name },
    spec: {
      containers: [container],
      volumes: [{ name: 'claim', persistentVolumeClaim: { claimName: claim } }],
    },
  };
  await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(pod) });
  await cluster.kubectl(['wait', '-n', namespace, `pod/${name}`, '--for=condition=Ready', '--timeout=60s']);
}
