import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { openConnection } from '../../src/cluster/openConnection.ts';
import { kubeconfigPaths } from '../../src/cluster/kubeconfig/kubeconfigFile.ts';
import { ModelDeckError } from '../../src/foundation/error.ts';
import { writeCase } from './kubeconfigFiles.ts';
import { kubeconfigCases, type KubeconfigCase, type Materials } from './kubeconfigCases.ts';
import { sharedCluster } from './harness/sharedCluster.ts';

const run = promisify(execFile);
const cluster = sharedCluster();
const namespace = 'kubeconfigs';

/** Who the API server takes one for, or that there was no answer. */
type Outcome = { readonly is: string } | { readonly fails: string };

/** Words of Node and OpenSSL, which no user should have to read. */
const raw = /error:[0-9A-F]{8}|Invalid (URL|character)|bad decrypt|ERR_/;

const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const question = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

describe('kubeconfigs beside kubectl', { timeout: 600_000 }, () => {
  let materials: Materials;
  before(async () => {
    await cluster.createNamespace(namespace);
    materials = await gather();
  });
  after(() => cluster.deleteNamespace(namespace));

  it('come out as with kubectl, or otherwise for a reason', async () => {
    const cases = kubeconfigCases(materials);
    assert.ok(cases.length >= 120, `${cases.length} kubeconfigs`);
    const differences: string[] = [];
    const leaked: string[] = [];
    const waiting = [...cases.entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, one] = next;
        const folder = path.join(cluster.folder, 'kubeconfigs', String(index));
        await mkdir(folder, { recursive: true });
        await writeCase(folder, one);
        const environment = environmentOf(one, folder);
        const [theirs, ours] = await Promise.all([byKubectl(folder, environment), byUs(environment)]);
        const isSame = 'is' in theirs ? 'is' in ours && ours.is === theirs.is : 'fails' in ours;
        if ('fails' in ours && raw.test(ours.fails)) leaked.push(`${one.name}: ${ours.fails}`);
        if (isSame === (one.differs === undefined)) continue;
        differences.push(`${one.name}\n  kubectl: ${JSON.stringify(theirs)}\n  ours:    ${JSON.stringify(ours)}`);
      }
    };
    // Most of the time is kubectl's waiting.
    await Promise.all(Array.from({ length: 6 }, work));
    assert.deepEqual(differences, []);
    assert.deepEqual(leaked, []);
  });
});

function environmentOf(one: KubeconfigCase, folder: string): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, HOME: folder, KUBECONFIG: path.join(folder, 'config'), ...one.environment?.(folder) };
}

async function byKubectl(folder: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const file = path.join(folder, 'question.json');
  await writeFile(file, JSON.stringify(question));
  const args = ['--context=c', '--request-timeout=5s', 'create', '--raw', review, '-f', file];
  try {
    const { stdout } = await run(cluster.kubectlPath, args, { env, timeout: 20_000 });
    return { is: subject(stdout) };
  } catch (error) {
    return { fails: ((error as { stderr?: string }).stderr ?? String(error)).trim().slice(0, 300) };
  }
}

async function byUs(environment: NodeJS.ProcessEnv): Promise<Outcome> {
  try {
    const files = kubeconfigPaths(environment);
    const connection = await openConnection({ files, contextName: 'c', environment, deadlineMs: 5_000 });
    try {
      const body = JSON.stringify(question);
      const answer = await connection.request({ method: 'POST', path: review, body, contentType: 'application/json' });
      return answer.status === 201 ? { is: subject(answer.body) } : { fails: `HTTP ${answer.status}: ${answer.body}` };
    } finally {
      connection.close();
    }
  } catch (error) {
    assert.ok(ModelDeckError.is(error), String(error));
    return { fails: `${error.message} ${error.remedy ?? ''}` };
  }
}

function subject(body: string): string {
  const { status } = JSON.parse(body) as { status: { userInfo: Record<string, unknown> } };
  const { username, uid, groups, extra = {} } = status.userInfo;
  // A token's id is another one with each of its uses in some versions.
  const own = Object.fromEntries(
    Object.entries(extra as object).filter(([key]) => !key.startsWith('authentication.kubernetes.io/')),
  );
  return JSON.stringify({ username, uid, groups, own });
}

async function gather(): Promise<Materials> {
  const raw = ['config', 'view', '--raw', '--flatten', '-o'];
  const read = async (what: string): Promise<string> =>
    Buffer.from(await cluster.kubectl([...raw, `jsonpath={${what}}`]), 'base64').toString('utf8');
  await cluster.kubectl(['create', 'serviceaccount', 'reader', '-n', namespace]);
  const folder = path.join(cluster.folder, 'kubeconfigs');
  await mkdir(folder, { recursive: true });
  const clientKey = await read('.users[0].user.client-key-data');
  await writeFile(path.join(folder, 'client.key'), clientKey);
  const inFolder = { cwd: folder };
  await run(
    'openssl',
    ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'other.key'],
    inFolder,
  );
  await run(
    'openssl',
    ['pkey', '-in', 'client.key', '-aes256', '-passout', 'pass:secret', '-out', 'encrypted.key'],
    inFolder,
  );
  return {
    url: cluster.url,
    ca: await read('.clusters[0].cluster.certificate-authority-data'),
    strangerCa: rootCertificates[0] ?? '',
    serverCertificate: await serverCertificate(),
    clientCertificate: await read('.users[0].user.client-certificate-data'),
    clientKey,
    otherKey: await readFile(path.join(folder, 'other.key'), 'utf8'),
    encryptedKey: await readFile(path.join(folder, 'encrypted.key'), 'utf8'),
    token: (await cluster.kubectl(['create', 'token', 'reader', '-n', namespace])).trim(),
  };
}

function serverCertificate(): Promise<string> {
  const { hostname, port } = new URL(cluster.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      const der = socket.getPeerCertificate().raw.toString('base64');
      socket.end();
      resolve(`-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`);
    });
    socket.once('error', reject);
  });
}
