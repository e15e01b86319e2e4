import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { copySample, openSession, sampleName, type Session } from './session.ts';

describe('a workspace that is not trusted', () => {
  let session: Session;
  before(async () => {
    const settings = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
    session = await openSession('restricted', copySample, settings);
  });
  after(() => session.close());

  it('offers neither packaging nor deploying nor classifying', async () => {
    const { workbench } = session;
    const ours = /Package Model|Deploy Model|Classify Image/;
    const folder = await workbench.menuOf(await workbench.explorerRow(sampleName));
    assert.deepEqual(
      folder.filter((label) => ours.test(label)),
      [],
    );
    const photo = await workbench.menuOf(await workbench.explorerRow(sampleName, 'photos', 'china.jpg'));
    assert.deepEqual(
      photo.filter((label) => ours.test(label)),
      [],
    );
    const palette = await workbench.paletteOffers('Model Deck:');
    assert.deepEqual(
      palette.filter((label) => ours.test(label)),
      [],
    );
    assert.ok(palette.length > 0);
    await workbench.screenshot('1-restricted');
  });
});
