import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { torchServeEnvironment } from '../../../scripts/torchserve/environment.ts';
import { requireTools } from '../../../scripts/vscode/systemTools.ts';
import { openApi } from './apiClient.ts';
import { clusterBinaries } from './binaries.ts';
import { makeAuthority } from './certificates.ts';
import { createClaim } from './claims.ts';
import type { StartedCluster } from './cluster.ts';
import { startControlPlane } from './controlPlane.ts';
import { startKServe } from './kserveController.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { runKubectl } from './kubectl.ts';
import { startKubelet } from './kubelet/kubelet.ts';
import { nodeNames, startKwok } from './kwok.ts';
import { createInferenceServices } from './manyInferenceServices.ts';
import { createNamespace, deleteNamespace } from './namespaces.ts';
import { startPodNetwork } from './podNetwork.ts';
import { freePorts } from '../../../src/foundation/freePorts.ts';
import { keepProcesses } from './processKeeper.ts';
import type { ProcessKeeper } from './processKeeper.ts';
import { startTcpProxy } from './tcpProxy.ts';
import { useCluster } from './useCluster.ts';
import { userKubeconfig } from './users.ts';

export interface StartOptions {
  /** Told what is being done. */
  readonly log?: (line: string) => void;
  /** File that tells the API server of issuers whose users it knows (`AuthenticationConfiguration`). */
  readonly authenticationConfig?: string;
}

/**
 * Starts a real control plane with a real KServe in a temporary folder, on free ports of 127.0.0.1. It knows nothing of the
 * user's own kubeconfig, and ends with this process. With MODEL_DECK_TEST_KUBECONFIG set it takes that cluster instead.
 *
 * @throws Error one line that says what is missing on this machine
 */
export async function startCluster({
  log = () => undefined,
  authenticationConfig,
}: StartOptions = {}): Promise<StartedCluster> {
  const chosen = process.env['MODEL_DECK_TEST_KUBECONFIG'];
  if (chosen) return useCluster(chosen, log);
  if (process.platform === 'win32')
    throw new Error('The test cluster runs on Linux and macOS; there is MODEL_DECK_TEST_KUBECONFIG.');
  requireTools(
    [{ programs: ['openssl'], debianPackage: 'openssl', purpose: 'the certificates of the test cluster' }],
    log,
  );
  const python = await torchServeEnvironment(log);
  const binaries = await clusterBinaries(log);
  const keeper = await keepProcesses();
  try {
    return await startIn(keeper, { binaries, python, log, authenticationConfig });
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

interface Tools {
  readonly binaries: Awaited<ReturnType<typeof clusterBinaries>>;
  readonly python: string;
  readonly log: (line: string) => void;
  readonly authenticationConfig: string | undefined;
}

async function startIn(
  keeper: ProcessKeeper,
  { binaries, python, log, authenticationConfig }: Tools,
): Promise<StartedCluster> {
  const folder = path.join(keeper.folder, 'user');
  const pki = path.join(keeper.folder, 'pki');
  await Promise.all([mkdir(folder), mkdir(pki)]);
  const authority = await makeAuthority(pki);
  const [
    etcd = 0,
    etcdPeer = 0,
    apiServer = 0,
    controllerManager = 0,
    scheduler = 0,
    webhook = 0,
    metrics = 0,
    health = 0,
    kwok = 0,
  ] = await freePorts(9);
  const url = `https://127.0.0.1:${apiServer}`;
  const admin = await authority.clientCertificate({ user: 'admin', group: 'system:masters' });
  const kubeconfig = path.join(folder, 'admin.kubeconfig');
  const proxy = await startTcpProxy(apiServer);
  const proxiedKubeconfig = path.join(folder, 'proxied.kubeconfig');
  const credentials = { clientCertificate: admin };
  await writeKubeconfig(kubeconfig, { server: url, ca: authority.ca, credentials });
  await writeKubeconfig(proxiedKubeconfig, {
    server: `https://127.0.0.1:${proxy.port}`,
    ca: authority.ca,
    credentials,
  });

  const api = await openApi(url, authority.ca, admin);
  const parts = { binaries, authority, keeper, api, kubeconfig };
  log('Starting the control plane');
  const ports = { etcd, etcdPeer, apiServer, controllerManager, scheduler };
  const network = await startPodNetwork(keeper.folder);
  const egressConfig = path.join(keeper.folder, 'egress.yaml');
  await writeFile(egressConfig, network.egressConfig);
  const controlPlane = await startControlPlane({ ...parts, egressConfig, authenticationConfig, ports });
  log('Starting KServe and kwok');
  const [kserve] = await Promise.all([
    startKServe({ ...parts, ports: { webhook, metrics, health } }),
    startKwok({ ...parts, port: kwok }),
  ]);
  const kubelet = startKubelet({
    api,
    kwok: { port: kwok, ca: authority.ca },
    keeper,
    network,
    torchServePython: () => Promise.resolve(python),
    log,
  });
  const done = Promise.resolve();
  return {
    kubeconfig,
    url,
    nodeNames,
    proxiedKubeconfig,
    folder,
    kubectlPath: binaries.kubectl,
    cannot: () => false,
    kubectl: (args, options) => runKubectl({ kubectlPath: binaries.kubectl, kubeconfig, folder }, args, options),
    createNamespace: (name) => createNamespace(api, name),
    deleteNamespace: (name) => deleteNamespace(api, name),
    createClaim: (order) => createClaim(api, keeper, order),
    userKubeconfig: (order) => userKubeconfig({ api, authority, folder, url }, order),
    restartApiServer: controlPlane.restartApiServer,
    stopKServe: kserve.stop,
    startKServe: kserve.start,
    dropConnections: (options) => done.then(() => proxy.drop(options)),
    dropAfter: (order) => done.then(() => proxy.dropAfter(order)),
    bytesUp: () => done.then(proxy.bytesUp),
    torchServeOf: (namespace, pod) => done.then(() => kubelet.torchServeOf(namespace, pod)),
    createInferenceServices: (order) => createInferenceServices(api, order),
    stop: async () => {
      await kubelet.stop();
      await Promise.all([proxy.stop(), network.stop()]);
      api.close();
      await keeper.stop();
    },
  };
}
