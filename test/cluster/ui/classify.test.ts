import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ClassifyPage } from '../../ui/classifyPage.ts';
import { expect } from '../../ui/expect.ts';
import { copySample, openSession, sampleName, type Session } from '../../ui/session.ts';
import type { Workbench } from '../../ui/workbench.ts';
import { catLabels } from '../harness/catModel.ts';
import { inferenceService } from '../harness/inferenceService.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { storeCats } from '../harness/storedCats.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = 'classify-ui';

/** The panel in a real VS Code, on services of a real cluster with real weights. */
describe('classifying on a cluster, in the window', { skip: cluster.cannot('claimFolder') }, () => {
  let session: Session;
  let workbench: Workbench;
  let panel: ClassifyPage;
  const photo = (name: string): string => path.join(session.workspace, sampleName, 'photos', name);

  before(async () => {
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    await storeCats(path.join(folder, 'cats'));
    const storageUri = 'pvc://models/cats';
    await apply(inferenceService({ namespace, name: 'cats', storageUri }));
    await apply(inferenceService({ namespace, name: 'cats-v2', storageUri, protocolVersion: 'v2' }));
    for (const name of ['cats', 'cats-v2']) {
      await cluster.kubectl(['wait', '-n', namespace, `isvc/${name}`, '--for=condition=Ready', '--timeout=120s']);
    }
    session = await openSession('cluster-classify', copySample, {}, { KUBECONFIG: cluster.kubeconfig });
    workbench = session.workbench;
  });
  after(async () => {
    await session?.close();
    await cluster.deleteNamespace(namespace);
  });

  const apply = (input: string): Promise<string> => cluster.kubectl(['apply', '-f', '-'], { input });
  const endpoint = (label: string) => panel.body.getByTestId('endpoint').filter({ hasText: label });

  async function classify(name: string): Promise<readonly string[]> {
    await panel.body.getByTestId('clear').click();
    await panel.body.getByTestId('browse').click();
    await workbench.chooseFile('Choose images to classify', photo(name));
    return (await panel.labels(name)).slice(0, 3);
  }

  it('asks a service from its row, by a way that it finds and shows', async () => {
    await workbench.showDeck();
    await workbench.expand(workbench.deckRow(context));
    await workbench.expand(workbench.deckRow(namespace));
    await workbench.deckRow('cats').waitFor();
    await workbench.inlineAction(workbench.deckRow('cats'), 'Classify Image…');
    panel = await workbench.classifyPage();
    await endpoint('cats').waitFor();
    await panel.body.getByTestId('endpoint-state').filter({ hasText: 'Ready' }).waitFor();
    await panel.body.getByTestId('browse').click();
    await workbench.chooseFile('Choose images to classify', photo('chelsea.jpg'));
    assert.deepEqual((await panel.labels('chelsea.jpg')).slice(0, 3), catLabels);
    await panel.body.getByTestId('route').filter({ hasText: 'Port forward to cats-predictor-' }).waitFor();
    await workbench.screenshot('1-dark');
  });

  it('shows the way in the raw exchange', async () => {
    await panel.body.getByText('Request and response').click();
    await panel.body.getByTestId('exchange-route').filter({ hasText: 'Port forward to cats-predictor-' }).waitFor();
    await workbench.screenshot('2-exchange');
    await panel.body.getByText('Request and response').click();
  });

  it('chooses among the endpoints of all targets', async () => {
    await panel.body.getByTestId('endpoint').click();
    const list = await workbench.question('Endpoint');
    await list.getByText('cats-v2').first().waitFor();
    await workbench.screenshot('3-endpoints');
    await workbench.answer('cats-v2');
    await endpoint('cats-v2').waitFor();
    assert.deepEqual(await classify('chelsea.jpg'), catLabels);
  });

  it('takes another way when it is chosen, and closes it on demand', async () => {
    await panel.body.getByTestId('route').click();
    await workbench.screenshot('4-routes');
    await panel.body.getByRole('option', { name: /API server/ }).click();
    await panel.body.getByTestId('disconnect').waitFor({ state: 'hidden' });
    assert.deepEqual(await classify('chelsea.jpg'), catLabels);
    await panel.body.getByTestId('disconnect').click();
    await panel.body.getByTestId('disconnect').waitFor({ state: 'hidden' });
  });

  it('keeps credentials out of sight, and forgets them when told', async () => {
    await panel.body.getByTestId('credentials').click();
    await workbench.question('Credentials of cats-v2');
    await workbench.answer('Cookie');
    await workbench.question('Value of the Cookie header');
    await workbench.answer('authservice_session=not-to-be-seen');
    await panel.body.getByTestId('credentials').filter({ hasText: 'set' }).waitFor();
    assert.deepEqual(await classify('chelsea.jpg'), catLabels);
    await panel.body.getByText('Request and response').click();
    await panel.body.getByText('Cookie: (hidden)').waitFor();
    await expect(panel.body).not.toContainText('not-to-be-seen');
    await workbench.screenshot('5-credentials');
    await panel.body.getByTestId('credentials').click();
    await workbench.question('Credentials of cats-v2');
    await workbench.answer('Remove All');
    await panel.body.getByTestId('credentials').filter({ hasText: 'set' }).waitFor({ state: 'hidden' });
  });

  it('is clear in light and in high contrast', async () => {
    for (const theme of ['Light Modern', 'Dark High Contrast']) {
      await workbench.chooseTheme(theme);
      const name = theme.includes('Contrast') ? 'vscode-high-contrast' : 'vscode-light';
      await panel.body.locator(`xpath=self::body[contains(@class, '${name}')]`).waitFor();
      await workbench.screenshot(`6-${theme}`);
    }
  });
});
