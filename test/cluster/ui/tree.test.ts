import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { expect } from '../../ui/expect.ts';
import { openSession, type Session } from '../../ui/session.ts';
import type { Workbench } from '../../ui/workbench.ts';
import { idleService } from '../harness/inferenceService.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = 'tree-ui';

const apply = (input: string): Promise<string> => cluster.kubectl(['apply', '-f', '-'], { input });

/** A kubeconfig of one context whose user is what is given. */
function kubeconfig(name: string, server: object, user: object): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: server }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user }],
  });
}

describe('a real cluster in the trees', () => {
  let session: Session;
  let workbench: Workbench;
  /** A kubeconfig that is not there at the beginning. */
  const late = path.join(cluster.folder, 'late.kubeconfig');

  before(async () => {
    await cluster.createNamespace(namespace);
    await cluster.createClaim({ namespace, name: 'models' });
    await apply(idleService(namespace, 'healthy', { annotations: { 'model-deck.dev/model-version': '1.2' } }));
    await apply(idleService(namespace, 'broken', { image: 'example.com/does-not-exist:1' }));
    const gone = path.join(cluster.folder, 'gone.kubeconfig');
    await writeFile(gone, kubeconfig('old-lab', { server: 'https://127.0.0.1:1' }, { token: 'x' }));
    const prepare = async (workspace: string): Promise<void> => {
      await mkdir(path.join(workspace, 'kube'));
      await writePluginConfig(path.join(workspace, 'kube'));
    };
    const settings = { 'modelDeck.kubeconfig.files': ['kube/config'] };
    const env = { KUBECONFIG: [cluster.kubeconfig, gone, late].join(path.delimiter) };
    session = await openSession('cluster-tree', prepare, settings, env);
    workbench = session.workbench;
  });
  after(async () => {
    await session?.close();
    await cluster.deleteNamespace(namespace);
  });

  /** The administrator of the cluster once more, through a credential plugin that lies in the workspace. */
  async function writePluginConfig(folder: string): Promise<void> {
    const admin = JSON.parse(await cluster.kubectl(['config', 'view', '--raw', '--flatten', '-o', 'json'])) as {
      clusters: { cluster: object }[];
      users: { user: Record<string, string> }[];
    };
    const decode = (field: string): string => Buffer.from(admin.users[0]?.user[field] ?? '', 'base64').toString();
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: {
        clientCertificateData: decode('client-certificate-data'),
        clientKeyData: decode('client-key-data'),
      },
    };
    const plugin = path.join(folder, 'login');
    await writeFile(path.join(folder, 'credential.json'), JSON.stringify(credential));
    await writeFile(plugin, `#!/bin/sh\ncat '${path.join(folder, 'credential.json')}'\n`);
    await chmod(plugin, 0o755);
    const exec = { apiVersion: credential.apiVersion, command: plugin, interactiveMode: 'Never' };
    const server = admin.clusters[0]?.cluster ?? {};
    await writeFile(path.join(folder, 'config'), kubeconfig('shared', server, { exec }));
  }

  const row = (label: string, view?: 'Model Stores') => workbench.deckRow(label, view);
  /** A row says something besides its name. */
  const says = (label: string, text: string | RegExp) => row(label).filter({ hasText: text }).waitFor();
  const screenshot = (name: string) => workbench.screenshot(name);

  it('shows contexts without contacting them, and the current one marked', async () => {
    await workbench.showDeck();
    await says(context, 'current');
    await row('old-lab').waitFor();
    await row('shared').waitFor();
    await screenshot('1-contexts');
  });

  it('shows what is served, healthy rows without a word, others with one', async () => {
    await workbench.expand(row(context));
    await workbench.expand(row(namespace));
    await says('healthy', '1.2');
    await says('broken', 'ImagePullBackOff');
    await workbench.expand(row('broken'));
    await says('Predictor', 'ImagePullBackOff');
    await workbench.expand(row('healthy'));
    await row('healthy').locator('xpath=following-sibling::*').first().waitFor();
    await screenshot('2-served');
  });

  it('follows what happens', async () => {
    await apply(idleService(namespace, 'newcomer'));
    await row('newcomer').waitFor();
    await cluster.kubectl(['annotate', 'inferenceservice', 'newcomer', '-n', namespace, 'serving.kserve.io/stop=true']);
    await says('newcomer', 'Stopped');
    await cluster.kubectl(['delete', 'inferenceservice', 'newcomer', '-n', namespace]);
    await row('newcomer').waitFor({ state: 'detached' });
  });

  it('tells the facts in a tooltip', async () => {
    await row('healthy').hover();
    const tooltip = workbench.page.locator('.monaco-hover', { hasText: 'Last condition' });
    await expect(tooltip).toHaveText(/http:\/\/healthy-tree-ui\.example\.com/);
    await screenshot('3-tooltip');
    await workbench.page.mouse.move(900, 500);
  });

  it('says of a cluster that cannot be reached what is wrong, and tries again at its button', async () => {
    await workbench.expand(row('old-lab'));
    await says('old-lab', 'connection refused');
    await row('Connection refused').hover();
    await workbench.page.locator('.monaco-hover', { hasText: '127.0.0.1:1' }).waitFor();
    await screenshot('4-unreachable');
    await workbench.inlineAction(row('Connection refused'), 'Try Again');
    await says('old-lab', 'connection refused');
    await workbench.collapse(row('old-lab'));
  });

  it('gives a namespace that the user names a row, until it is forgotten', async () => {
    await workbench.inlineAction(row(context), 'Add Namespace…');
    await workbench.question(`Namespace of ${context}`);
    await workbench.answer('Not Allowed');
    await workbench.page.locator('.quick-input-message', { hasText: 'the rule for a namespace' }).waitFor();
    await workbench.answer('default');
    await says('default', '0');
    await workbench.expand(row('default'));
    await row('No InferenceServices').waitFor();
    await screenshot('5-named');
    await workbench.chooseFromMenu(row('default'), 'Forget Namespace');
    await row('default').waitFor({ state: 'detached' });
  });

  it('offers the claims of a connected cluster as stores, and lists none by itself', async () => {
    await workbench.expand(row(context, 'Model Stores'));
    await workbench.expand(row(namespace, 'Model Stores'));
    await workbench.expand(row('models', 'Model Stores').filter({ hasText: '1Gi · RWO' }));
    await row('Models not listed yet', 'Model Stores').waitFor();
    await screenshot('6-claims');
    const ours = ['get', 'pods', '-n', namespace, '-l', 'app.kubernetes.io/managed-by=model-deck', '-o', 'name'];
    assert.equal(await cluster.kubectl(ours), '');
  });

  it('asks before it runs a program that a kubeconfig of the workspace names', async () => {
    // Its rows would be the same.
    await workbench.collapse(row(context));
    await row(namespace).waitFor({ state: 'detached' });
    await workbench.expand(row('shared'));
    const dialog = workbench.page.locator('.monaco-dialog-box');
    for (const file of ['config', 'login']) await expect(dialog).toContainText(path.join('kube', file));
    await screenshot('7-plugin');
    await workbench.dialogButton('Cancel').click();
    await says('shared', 'Unauthorized');
    await workbench.inlineAction(row('Unauthorized'), 'Try Again');
    await dialog.waitFor();
    await workbench.dialogButton('Run It').click();
    await row('Unauthorized').waitFor({ state: 'detached' });
    await row(namespace).waitFor();
    await workbench.collapse(row('shared'));
    await workbench.expand(row(context));
  });

  it('takes up a change of the kubeconfig', async () => {
    const renamed = (await readFile(path.join(cluster.folder, 'gone.kubeconfig'), 'utf8')).replaceAll(
      'old-lab',
      'new-lab',
    );
    await writeFile(late, renamed);
    await row('new-lab').waitFor();
    await row('healthy').waitFor();
  });

  for (const [theme, mark] of [
    ['Light Modern', 'vs'],
    ['Dark High Contrast', 'hc-black'],
    ['Light High Contrast', 'hc-light'],
  ] as const) {
    it(`can be read in ${theme}`, async () => {
      await workbench.chooseTheme(theme);
      await workbench.page.locator(`.monaco-workbench.${mark}`).waitFor();
      await row('broken').waitFor();
      await screenshot(`8-${theme.toLowerCase().replaceAll(' ', '-')}`);
    });
  }
});
