import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { expect } from './expect.ts';
import { doMainJob } from './mainJob.ts';
import { copySample, openSession, sampleName, type Session } from './session.ts';

describe('the main job, by mouse and keyboard', () => {
  let session: Session;
  before(async () => (session = await openSession('mainJob', copySample)));
  after(() => session?.close());

  it('goes from the model folder to the labels of the cat', async () => {
    const predictions = await doMainJob(session.workbench, { model: sampleName, photo: 'chelsea.jpg' });
    const labels = predictions.map(({ label }) => label);
    assert.deepEqual(labels.slice(0, 3), ['Egyptian cat', 'tabby', 'tiger cat']);
    assert.equal(labels.length, 5);
    const folder = path.join(session.workspace, sampleName, 'package');
    assert.ok((await stat(path.join(folder, 'model-store', `${sampleName}.mar`))).size > 5_000_000);
    assert.ok((await stat(path.join(folder, 'config', 'config.properties'))).isFile());
  });

  it('classifies what is chosen next beside the first, and shows as many labels as asked for', async () => {
    const { workbench } = session;
    await workbench.chooseFromMenu(await workbench.explorerRow(sampleName, 'photos', 'china.jpg'), 'Classify Image…');
    const panel = await workbench.classifyPage();
    assert.equal((await panel.labels('china.jpg'))[0], 'palace');
    await panel.body.getByTestId('k').fill('2');
    await panel.body.getByTestId('k').press('Enter');
    await expect.poll(() => panel.labels('chelsea.jpg')).toEqual(['Egyptian cat', 'tabby']);
    await expect(panel.card('china.jpg').getByTestId('prediction')).toHaveCount(2);
    await panel.body.getByText('Request and response').first().click();
    await workbench.screenshot('6-exchange');
    await expect(panel.body.getByTestId('exchange').first()).toHaveText(
      /POST .*\/v1\/models\/efficientnet-lite0:predict/,
    );
  });

  it('keeps the panel over a reload of the window, where the deployment starts when it is asked', async () => {
    const { workbench } = session;
    await workbench.reload();
    await workbench.showDeck();
    const row = workbench.deckRow(sampleName);
    await row.waitFor();
    await workbench.screenshot('7-reloaded');
    await workbench.inlineAction(row, 'Classify Image…');
    // A page that comes up takes the focus, and an open menu closes.
    await workbench.classifyPage();
    await workbench.chooseFromMenu(await workbench.explorerRow(sampleName, 'photos', 'rocket.jpg'), 'Classify Image…');
    const panel = await workbench.classifyPage();
    assert.equal((await panel.labels('rocket.jpg'))[0], 'missile');
  });

  it('stops, starts and removes the deployment from its row', async () => {
    const { workbench } = session;
    await workbench.reload();
    await workbench.showDeck();
    const row = workbench.deckRow(sampleName);
    await row.waitFor();
    await workbench.inlineAction(row, 'Start Deployment');
    await workbench.deckRow('This computer').filter({ hasText: '1 of 1 ready' }).waitFor();
    await expect.poll(() => workbench.menuOf(row)).toContain('Copy Endpoint URL');
    await workbench.inlineAction(row, 'Stop Deployment');
    await row.filter({ hasText: 'Stopped' }).waitFor();
    await expect.poll(() => workbench.menuOf(row)).not.toContain('Copy Endpoint URL');
    await workbench.chooseFromMenu(row, 'Remove Deployment…');
    await workbench.screenshot('8-remove');
    await workbench.dialogButton('Remove').click();
    await row.waitFor({ state: 'hidden' });
    const stored = workbench.deckRow(sampleName, 'Model Stores');
    await expect(stored, 'the model stays in its store').toBeVisible();
    await workbench.chooseFromMenu(stored, 'Remove Model from Store…');
    await workbench.dialogButton('Remove').click();
    await workbench.welcomeButton('Deploy Model…', 'Model Stores').waitFor();
  });
});
