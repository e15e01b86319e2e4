import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { load } from 'js-yaml';
import { deployModel, type DeployOrder } from '../../src/deploy/index.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import { ClaimStore } from '../../src/stores/index.ts';
import { openClusters, type Clusters, type KServeTarget } from '../../src/targets/index.ts';
import { catLabels } from './harness/catModel.ts';
import type { UserOrder } from './harness/cluster.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { packageCats } from './harness/storedCats.ts';
import { seenInPhoto } from './seenInPhoto.ts';

type Rules = readonly { readonly resources: readonly string[] }[];

const cluster = sharedCluster();
const namespace = `rights-${randomBytes(3).toString('hex')}`;

/** The rules that README lists: of a Role in the namespace, and of a ClusterRole. */
async function listedRules(): Promise<readonly [Rules, Rules]> {
  const text = await readFile(path.join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  const [role, clusterRole] = [...text.matchAll(/```yaml\n# A (?:Cluster)?Role\b[^\n]*\n([^]*?)```/g)].map(
    ([, yaml = '']) => (load(yaml) as { readonly rules: Rules }).rules,
  );
  assert.ok(role && clusterRole, 'README lists a Role and a ClusterRole');
  return [role, clusterRole];
}

describe('somebody with the rights that README lists, and no others', { skip: cluster.cannot('claimFolder') }, () => {
  let work: string;
  let opened: Clusters[];
  let modelPackage: ModelArchive;

  const open = async (user: UserOrder): Promise<{ clusters: Clusters; context: string }> => {
    const file = await cluster.userKubeconfig(user);
    const clusters = openClusters({ files: () => Promise.resolve([file]), environment: {} });
    opened.push(clusters);
    return { clusters, context: (await clusters.kubeconfig()).contexts[0]?.name ?? '' };
  };
  const order = async (user: UserOrder, name: string): Promise<DeployOrder & { readonly target: KServeTarget }> => {
    const { clusters, context } = await open(user);
    const target = await clusters.target(context, namespace);
    const store = new ClaimStore({ connection: await clusters.connect(context), namespace, claim: 'models' });
    return { modelPackage, store, target, name, protocol: 'v1' };
  };

  before(async () => {
    opened = [];
    work = await mkdtemp(path.join(tmpdir(), 'model-deck-rights-'));
    // One for all: the claim takes a version once.
    modelPackage = await packageCats(work, '1.0');
    await cluster.createNamespace(namespace);
    await cluster.createClaim({ namespace, name: 'models' });
    const [, clusterRules] = await listedRules();
    for (const name of [`all-${namespace}`, `nolog-${namespace}`]) {
      await cluster.userKubeconfig({ name, rules: clusterRules });
    }
  });
  after(async () => {
    for (const clusters of opened) clusters.close();
    await cluster.deleteNamespace(namespace);
    await rm(work, { recursive: true });
  });

  it('uploads, deploys, classifies, scales and deletes', async () => {
    const [rules] = await listedRules();
    const wanted = await order({ name: `all-${namespace}`, namespace, rules }, 'cats');
    const deployment = await deployModel(wanted);
    assert.deepEqual([deployment.state, deployment.unverified], ['ready', undefined]);
    assert.deepEqual(await seenInPhoto(wanted.target, deployment.id), catLabels);
    assert.match((await wanted.target.scale(deployment.id, 0, 1)) ?? '', /one pod stays/);
    await wanted.target.remove(deployment.id);
  });

  it('without pods/log the server is asked itself, or the deploy says what it could not verify', async () => {
    const [rules] = await listedRules();
    const without = rules.filter(({ resources }) => !resources.includes('pods/log'));
    const wanted = await order({ name: `nolog-${namespace}`, namespace, rules: without }, 'quiet');
    const deployment = await deployModel(wanted);
    assert.deepEqual([deployment.state, deployment.unverified], ['ready', undefined], 'TorchServe tells of its worker');
    await wanted.target.remove(deployment.id);
  });

  it('two who plan upon nothing: the second is told, and the first one serves on', async () => {
    const [rules] = await listedRules();
    const user = { name: `all-${namespace}`, namespace, rules };
    const [first, second] = await Promise.all([order(user, 'raced'), order(user, 'raced')]);
    const results = await Promise.allSettled([deployModel(first), deployModel(second)]);
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 1, JSON.stringify(results.map(({ status }) => status)));
    assert.match(String(refused[0]?.reason), /was made by somebody else since it was planned/);
    await first.target.remove(`${first.target.id}/raced`);
  });
});
