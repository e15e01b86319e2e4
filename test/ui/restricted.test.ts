import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { expect } from './expect.ts';
import { copySample, openSession, sampleName, type Session } from './session.ts';

describe('a workspace that is not trusted', () => {
  let session: Session;
  before(async () => {
    const settings = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
    session = await openSession('restricted', copySample, settings);
  });
  after(() => session?.close());

  it('offers neither packaging nor deploying nor classifying', async () => {
    const { workbench } = session;
    const ours = (labels: readonly string[]): readonly string[] =>
      labels.filter((label) => /Package Model|Deploy Model|Classify Image/.test(label));
    // Only when the extension runs is what is not offered withheld.
    const palette = await workbench.paletteOffers('Model Deck:');
    assert.deepEqual(ours(palette), []);
    assert.deepEqual(ours(await workbench.menuOf(await workbench.explorerRow(sampleName))), []);
    const photo = await workbench.explorerRow(sampleName, 'photos', 'china.jpg');
    assert.deepEqual(ours(await workbench.menuOf(photo)), []);
    await workbench.screenshot('1-restricted');
  });

  it('says in both views why they are empty, with the button that grants trust', async () => {
    const { workbench } = session;
    await workbench.showDeck();
    for (const view of ['Clusters', 'Model Stores'] as const) {
      await expect(workbench.welcomeButton('Manage Workspace Trust', view)).toBeVisible();
      await expect(workbench.pane(view).locator('.monaco-list-row')).toHaveCount(0);
    }
    await workbench.screenshot('2-welcome');
    await workbench.welcomeButton('Manage Workspace Trust').click();
    await workbench.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: /^Trust/ })
      .first()
      .click();
    await workbench.welcomeButton('Open Sample').waitFor();
    await workbench.screenshot('3-trusted');
  });
});
