import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { expect } from './expect.ts';
import { openSession, sampleName, type Session } from './session.ts';

describe('an empty window', () => {
  let session: Session;
  let home: string;
  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'model-deck-home-'));
    session = await openSession('open-sample', () => Promise.resolve(), {}, { HOME: home }, 'empty');
  });
  after(async () => {
    await session?.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it('comes to a classified cat by one button', async () => {
    const { workbench } = session;
    await workbench.showDeck();
    await workbench.screenshot('1-empty');
    await workbench.welcomeButton('Open Sample').click();
    // The window opens the folder, and the extension goes on in it.
    const panel = await workbench.classifyPage();
    const labels = await panel.labels('chelsea.jpg');
    await workbench.screenshot('2-cat');
    assert.deepEqual(labels.slice(0, 3), ['Egyptian cat', 'tabby', 'tiger cat']);
    const { page } = workbench;
    await expect(page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'model-deck.yaml' })).toBeVisible();
    await expect(page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'chelsea.jpg' })).toBeVisible();
    await expect(page.locator('.tab', { hasText: 'Preview README.md' })).toBeVisible();
  });

  it('shows the sample again where it is, and asks nothing', async () => {
    const { workbench } = session;
    const panel = await workbench.classifyPage();
    await panel.body.getByTestId('clear').click();
    await workbench.runFromPalette('Model Deck: Open Sample');
    assert.equal((await panel.labels('chelsea.jpg'))[0], 'Egyptian cat');
    await expect(workbench.page.locator('.monaco-workbench .editor-group-container')).toHaveCount(2);
  });

  it('only opens the folder when it is opened later', async () => {
    const { workbench } = session;
    await workbench.reload();
    await workbench.showDeck();
    await workbench.deckRow(sampleName).waitFor();
    await expect(workbench.deckRow('This computer').filter({ hasText: '0 of 1 ready' })).toBeVisible();
    await workbench.screenshot('3-reopened');
  });
});
