import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './apiClient.ts';
import type { Binaries } from './binaries.ts';
import type { Authority } from './certificates.ts';
import type { KeptProcess, ProcessKeeper } from './processKeeper.ts';

/** etcd, API server, controller manager and scheduler, as processes of this machine. */
export interface ControlPlane {
  /** Stops the API server, and starts it again at the same address with what etcd has kept. */
  readonly restartApiServer: () => Promise<void>;
}

export interface ControlPlaneParts {
  readonly binaries: Binaries;
  readonly authority: Authority;
  readonly keeper: ProcessKeeper;
  readonly api: ApiClient;
  /** Kubeconfig of the administrator, who all components are here. */
  readonly kubeconfig: string;
  /** File that leads the API server into the network of the pods. */
  readonly egressConfig: string;
  /** File with the issuers whose users are known beside those with certificates and service accounts. */
  readonly authenticationConfig?: string | undefined;
  /** Ports of 127.0.0.1, all free. */
  readonly ports: {
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly apiServer: number;
    readonly controllerManager: number;
    readonly scheduler: number;
  };
}

const here = '127.0.0.1';

export async function startControlPlane(parts: ControlPlaneParts): Promise<ControlPlane> {
  const { binaries, keeper, kubeconfig, ports } = parts;
  startEtcd(parts);
  let apiServer = startApiServer(parts);
  await apiServerReady(parts.api, apiServer);
  const asAdmin = [`--kubeconfig=${kubeconfig}`, `--authentication-kubeconfig=${kubeconfig}`];
  const common = [
    ...asAdmin,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--bind-address=${here}`,
    '--leader-elect=false',
  ];
  keeper.start('kube-controller-manager', binaries.kubeControllerManager, [
    ...common,
    `--secure-port=${ports.controllerManager}`,
    `--service-account-private-key-file=${parts.authority.serviceAccountKey}`,
    `--root-ca-file=${parts.authority.ca}`,
    '--controllers=*,-nodeipam',
    // A claim that is looked at before its volume has been heard of waits for the next round, which is 15 s by default.
    '--pvclaimbinder-sync-period=1s',
  ]);
  keeper.start('kube-scheduler', binaries.kubeScheduler, [...common, `--secure-port=${ports.scheduler}`]);
  return {
    restartApiServer: async () => {
      await apiServer.stop();
      apiServer = startApiServer(parts);
      await apiServerReady(parts.api, apiServer);
    },
  };
}

function startEtcd({ binaries, keeper, ports }: ControlPlaneParts): void {
  const [client, peer] = [`http://${here}:${ports.etcd}`, `http://${here}:${ports.etcdPeer}`];
  keeper.start('etcd', binaries.etcd, [
    '--data-dir=etcd',
    '--name=test',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    // Nothing outlives the run: waiting for the disk would only make it slow.
    '--unsafe-no-fsync',
  ]);
}

function startApiServer(parts: ControlPlaneParts): KeptProcess {
  const { binaries, keeper, authority, egressConfig, authenticationConfig, ports } = parts;
  return keeper.start('kube-apiserver', binaries.kubeApiserver, [
    `--etcd-servers=http://${here}:${ports.etcd}`,
    `--secure-port=${ports.apiServer}`,
    `--bind-address=${here}`,
    `--advertise-address=${here}`,
    // Loopback is no address for an endpoint.
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--tls-cert-file=${authority.server.cert}`,
    `--tls-private-key-file=${authority.server.key}`,
    `--client-ca-file=${authority.ca}`,
    `--service-account-key-file=${authority.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${authority.serviceAccountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    `--kubelet-certificate-authority=${authority.ca}`,
    `--kubelet-client-certificate=${authority.server.cert}`,
    `--kubelet-client-key=${authority.server.key}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--egress-selector-config-file=${egressConfig}`,
    ...(authenticationConfig === undefined ? [] : [`--authentication-config=${authenticationConfig}`]),
  ]);
}

async function apiServerReady(api: ApiClient, process: KeptProcess): Promise<void> {
  for (const end = Date.now() + 60_000; ; await delay(100)) {
    process.throwIfEnded();
    const isReady = await api.get('/readyz').then(
      () => true,
      // It answers with a plain `ok`, which is no JSON.
      (error: unknown) => error instanceof SyntaxError,
    );
    if (isReady) return;
    if (Date.now() > end) throw new Error(`The API server was not ready within a minute:\n${process.output()}`);
  }
}
