/**
 * `npm run test:ingress`: a real Kubernetes with KServe whose users sign in at a real OpenID Connect provider, for a real
 * Gateway API ingress (Traefik) and a real redirecting proxy (oauth2-proxy) in front of a TorchServe.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { shareCluster } from '../../test/cluster/harness/sharedCluster.ts';
import { startCluster } from '../../test/cluster/harness/startCluster.ts';
import { authenticationConfig, startIssuer } from '../../test/ingress/issuer.ts';
import { ingressPrograms } from '../../test/ingress/programs.ts';
import { nodeTest } from '../nodeTest.mjs';

const root = path.join(import.meta.dirname, '..', '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const programs = await ingressPrograms(print);
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-ingress-'));
  const [proxyPort = 0] = await freePorts(1);
  const issuer = await startIssuer(`http://127.0.0.1:${proxyPort}/oauth2/callback`);
  try {
    const authentication = path.join(folder, 'authentication.json');
    await writeFile(authentication, await authenticationConfig(issuer.url));
    const cluster = await startCluster({ log: print, authenticationConfig: authentication });
    try {
      const shared = await shareCluster(cluster);
      const setting = JSON.stringify({ issuer: issuer.url, proxyPort, programs });
      try {
        return await runTests({ ...shared.env, MODEL_DECK_TEST_INGRESS: setting });
      } finally {
        await shared.close();
      }
    } finally {
      await cluster.stop();
    }
  } finally {
    await issuer.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runTests(env: Readonly<Record<string, string>>): Promise<number> {
  const options = [...nodeTest('cluster'), path.join('test', 'ingress', 'ingress.test.ts')];
  const child = spawn(process.execPath, options, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

// The tests get the interrupt as well; everything is stopped when they have ended.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
