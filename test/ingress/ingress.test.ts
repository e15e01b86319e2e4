import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startProcessGroup, type ProcessGroup } from '../../scripts/vscode/processGroup.ts';
import { pods } from '../../src/kserve/resources/core.ts';
import { predict } from '../../src/inference/index.ts';
import { openClusters, type Clusters, type KServeTarget } from '../../src/targets/index.ts';
import { catLabels, catPhoto } from '../cluster/harness/catModel.ts';
import { inferenceService } from '../cluster/harness/inferenceService.ts';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { sharedCluster } from '../cluster/harness/sharedCluster.ts';
import { storeCats } from '../cluster/harness/storedCats.ts';
import { seenInPhoto } from '../cluster/seenInPhoto.ts';
import { waitUntil } from '../waitUntil.ts';
import { hurried, issuerAuthority, patient, type OidcClient } from './issuer.ts';
import { startPodProxy, type PodProxy } from './podProxy.ts';
import type { IngressPrograms } from './programs.ts';
import { signIn } from './signIn.ts';

const cluster = sharedCluster();
const setting = JSON.parse(process.env['MODEL_DECK_TEST_INGRESS'] ?? '{}') as {
  readonly issuer: string;
  readonly proxyPort: number;
  readonly programs: IngressPrograms;
};
const context = 'model-deck-test';
const namespace = 'ingress';
const id = `kserve:${context}/${namespace}/cats`;
/** As KServe's settings make it. */
const host = `cats-${namespace}.example.com`;
const apply = (object: object): Promise<string> =>
  cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });

/** A kubeconfig for the cluster as `kubectl oidc-login` and the like used to write it. */
async function oidcKubeconfig(name: string, client: OidcClient, tokens: object): Promise<string> {
  const config = JSON.parse(await cluster.kubectl(['config', 'view', '--raw', '--flatten', '-o', 'json'])) as {
    users: { user: object }[];
  };
  const settings = {
    'idp-issuer-url': setting.issuer,
    'idp-certificate-authority': issuerAuthority,
    'client-id': client.id,
    'client-secret': client.secret,
    ...tokens,
  };
  for (const entry of config.users) entry.user = { 'auth-provider': { name: 'oidc', config: settings } };
  const file = path.join(cluster.folder, `${name}.kubeconfig`);
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

describe('users who sign in at a real OpenID Connect provider', () => {
  let clusters: Clusters | undefined;
  before(() =>
    cluster.kubectl(['create', 'clusterrolebinding', 'ada', '--clusterrole=cluster-admin', '--user=oidc:ada']),
  );
  after(() => clusters?.close());

  const connectBy = async (file: string) => {
    clusters?.close();
    clusters = openClusters({
      files: () => Promise.resolve([file]),
      environment: {},
    });
    return clusters.connect(context);
  };
  const whoami = (kubeconfig: string): Promise<string> =>
    cluster.kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], { kubeconfig });

  it('are known to the API server by their id token, as to kubectl', async () => {
    const { idToken, refreshToken } = await signIn(setting.issuer, patient, 'ada');
    const file = await oidcKubeconfig('ada', patient, {
      'id-token': idToken,
      'refresh-token': refreshToken,
    });
    assert.equal(await whoami(file), 'oidc:ada');
    await (await connectBy(file)).list(pods, { namespace: 'kserve' });
  });

  it('get a new id token where it has expired, which kubectl then uses, too', async () => {
    const { idToken, refreshToken } = await signIn(setting.issuer, hurried, 'ada');
    const file = await oidcKubeconfig('late', hurried, {
      'id-token': idToken,
      'refresh-token': refreshToken,
    });
    await (await connectBy(file)).list(pods, { namespace: 'kserve' });
    const written = await readFile(file, 'utf8');
    assert.ok(!written.includes(idToken), 'the new one stands in the kubeconfig');
    assert.equal(await whoami(file), 'oidc:ada');
  });

  it('are told that they must sign in again, where it cannot be renewed', async () => {
    const { idToken } = await signIn(setting.issuer, hurried, 'ada');
    const file = await oidcKubeconfig('gone', hurried, {
      'id-token': idToken,
      'refresh-token': 'revoked',
    });
    const connection = await connectBy(file);
    const refused = { category: 'unauthorized', brief: 'sign-in expired' };
    await assert.rejects(connection.list(pods, { namespace: 'kserve' }), refused);
  });

  it('are told what they may not do by the name that the provider gave them', async () => {
    const { idToken, refreshToken } = await signIn(setting.issuer, patient, 'grace');
    const file = await oidcKubeconfig('grace', patient, {
      'id-token': idToken,
      'refresh-token': refreshToken,
    });
    const connection = await connectBy(file);
    await assert.rejects(connection.list(pods, { namespace: 'kserve' }), {
      category: 'forbidden',
      message: /oidc:grace/,
    });
  });
});

describe('a model behind a real ingress and a real sign-in', () => {
  let clusters: Clusters;
  let target: KServeTarget;
  let podProxy: PodProxy | undefined;
  let traefikPort: number;
  let wrapperUrl: string;
  const logged: string[] = [];
  const programs: ProcessGroup[] = [];

  before(async () => {
    [traefikPort = 0] = await freePorts(1);
    podProxy = await startPodProxy();
    await installGatewayApi();
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    await storeCats(path.join(folder, 'cats'));
    await apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace, name: 'cats-sa' },
    });
    start(setting.programs.traefik, [
      `--entrypoints.web.address=127.0.0.1:${traefikPort}`,
      '--providers.kubernetesgateway=true',
      '--providers.kubernetesgateway.statusaddress.ip=127.0.0.1',
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
    ]);
    await cluster.kubectl(['apply', '-f', '-'], {
      input: inferenceService({
        namespace,
        name: 'cats',
        storageUri: 'pvc://models/cats',
      }),
    });
    await cluster.kubectl(['wait', '-n', namespace, 'isvc/cats', '--for=condition=Ready', '--timeout=300s']);
    await reachPod();
    clusters = openClusters({
      files: () => Promise.resolve([cluster.kubeconfig]),
      environment: {},
      endpointSignIn: () => Promise.resolve({ serviceAccount: 'cats-sa' }),
      log: (line) => logged.push(line),
    });
    target = await clusters.target(context, namespace);
  });
  after(async () => {
    clusters?.close();
    for (const program of programs) await program.stop();
    await podProxy?.stop();
    await cluster.deleteNamespace(namespace);
  });

  function start(program: string, args: readonly string[]): void {
    const env = {
      ...process.env,
      KUBECONFIG: cluster.kubeconfig,
      HTTP_PROXY: podProxy?.url,
    };
    programs.push(startProcessGroup(program, args, { cwd: cluster.folder, env }));
  }

  /** Before KServe's controller starts: it looks once whether there are HTTPRoutes. */
  async function installGatewayApi(): Promise<void> {
    const folder = setting.programs.gatewayApiCrds;
    const files = (await readdir(folder)).filter((file) => file.startsWith('gateway.networking'));
    for (const file of files) await cluster.kubectl(['apply', '--server-side', '-f', path.join(folder, file)]);
    const gateway = { namespace: 'kserve', name: 'kserve-ingress-gateway' };
    await apply({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'traefik' },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    });
    const allowedRoutes = { namespaces: { from: 'All' } };
    await apply({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: gateway,
      spec: {
        gatewayClassName: 'traefik',
        listeners: [{ name: 'web', port: traefikPort, protocol: 'HTTP', allowedRoutes }],
      },
    });
    const settings = ['-n', 'kserve', 'configmap/inferenceservice-config'];
    const before = await cluster.kubectl(['get', ...settings, '-o', 'jsonpath={.data.ingress}']);
    const kserveIngressGateway = `${gateway.namespace}/${gateway.name}`;
    const told = {
      enableGatewayApi: true,
      disableIngressCreation: false,
      kserveIngressGateway,
    };
    const ingress = JSON.stringify({
      ...(JSON.parse(before) as object),
      ...told,
    });
    await cluster.kubectl(['patch', ...settings, '--type=merge', '-p', JSON.stringify({ data: { ingress } })]);
    await cluster.stopKServe();
    await cluster.startKServe();
  }

  async function reachPod(): Promise<void> {
    const query = ['get', 'pods', '-n', namespace, '-l', 'serving.kserve.io/inferenceservice=cats', '-o', 'json'];
    const { items } = JSON.parse(await cluster.kubectl(query)) as {
      items: { metadata: { name: string } }[];
    };
    const [pod] = items;
    assert.ok(pod);
    const served = await cluster.torchServeOf(namespace, pod.metadata.name);
    assert.ok(served);
    ({ wrapperUrl } = served);
    podProxy?.routes.set(host, wrapperUrl);
  }

  it('is found by its HTTPRoute, and answers through Traefik', async () => {
    const route = await waitUntil('the Gateway has its address', async () => {
      const routes = await target.routes.of(id);
      return routes.find(({ kind, unavailable }) => kind === 'ingress' && unavailable === undefined);
    });
    assert.equal(route.label, `Ingress 127.0.0.1:${traefikPort} (Host ${host})`);
    // Traefik takes up changes after two seconds, and a pod is ready before its TorchServe has loaded.
    const labels = await waitUntil('the model answers', () =>
      seenInPhoto(target, id, { route: 'ingress' }).catch(() => undefined),
    );
    assert.deepEqual(labels, catLabels);
    const report = logged.findLast((line) => line.includes('Gateway API looked at'));
    assert.match(
      report ?? '',
      /HTTPRoutes in ingress.*Gateway kserve\/kserve-ingress-gateway.*offers Ingress 127\.0\.0\.1/,
    );
  });

  it('is offered by no address that belongs to nobody, and says so', async () => {
    const routes = await target.routes.of(id);
    assert.match(routes.find(({ kind }) => kind === 'url')?.unavailable ?? '', /name of no network/);
  });

  it('is sent a token of its ServiceAccount, which the API server knows, from outside only', async () => {
    const endpoint = await target.endpoint(id, 'ingress');
    const token = endpoint.headers?.['Authorization']?.replace('Bearer ', '');
    assert.ok(endpoint.freshUntil !== undefined && endpoint.freshUntil < Date.now() + 3_600_000);
    const review = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token },
    };
    const reviewed = await cluster.kubectl(['create', '-f', '-', '-o', 'json'], { input: JSON.stringify(review) });
    const { status } = JSON.parse(reviewed) as {
      status: { authenticated?: boolean; user?: { username?: string } };
    };
    assert.equal(status.user?.username, `system:serviceaccount:${namespace}:cats-sa`);
    assert.equal((await target.endpoint(id, 'port-forward')).headers, undefined);
    assert.equal((await target.serviceAccounts.list('cats'))?.[0], 'cats-sa');
    await assert.rejects(target.serviceAccounts.check('nobody'), {
      category: 'not-found',
    });
  });

  it('is said to be guarded by oauth2-proxy, which redirects to the provider, and answers who brings a token', async () => {
    const proxy = `http://127.0.0.1:${setting.proxyPort}`;
    start(setting.programs.oauth2Proxy, [
      '--provider=oidc',
      `--oidc-issuer-url=${setting.issuer}`,
      `--provider-ca-file=${issuerAuthority}`,
      `--client-id=${patient.id}`,
      `--client-secret=${patient.secret}`,
      `--cookie-secret=${randomBytes(16).toString('hex')}`,
      '--cookie-secure=false',
      '--email-domain=*',
      '--oidc-email-claim=sub',
      '--insecure-oidc-allow-unverified-email=true',
      '--skip-provider-button=true',
      '--skip-jwt-bearer-tokens=true',
      `--http-address=127.0.0.1:${setting.proxyPort}`,
      `--redirect-url=${proxy}/oauth2/callback`,
      `--upstream=${wrapperUrl}`,
    ]);
    await waitUntil('oauth2-proxy answers', async () => {
      const answer = await fetch(`${proxy}/ping`).catch(() => undefined);
      return answer?.ok === true || undefined;
    });
    const endpoint = await target.endpoint(id, 'port-forward');
    const image = await readFile(catPhoto);
    const ask = (headers: Readonly<Record<string, string>>) =>
      predict({
        endpoint: { ...endpoint, baseUrl: proxy, headers },
        image,
        k: 3,
      });
    await assert.rejects(
      ask({}),
      (
        error: Error & {
          category: string;
          remedy?: string;
          nextStep?: { kind: string };
        },
      ) => {
        assert.equal(error.category, 'unauthorized');
        assert.match(
          error.message,
          /is guarded by oauth2-proxy, which leads to https:\/\/127\.0\.0\.1:\d+ instead of the model \(302\)/,
        );
        assert.match(error.remedy ?? '', /bearer token/);
        assert.equal(error.nextStep?.kind, 'set-credentials');
        return true;
      },
    );
    const { idToken } = await signIn(setting.issuer, patient, 'ada');
    const { predictions } = await ask({ Authorization: `Bearer ${idToken}` });
    assert.deepEqual(
      predictions.map(({ label }) => label),
      catLabels,
    );
  });
});
