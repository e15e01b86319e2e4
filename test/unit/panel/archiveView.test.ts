import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArchiveContents, Manifest } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { archiveView } from '../../../src/panel/archive/archiveView.ts';
import { isArchiveUpdate, mostEntries } from '../../../src/panel/messages/archiveMessages.ts';

const contents: ArchiveContents = {
  path: '/models/net.mar',
  format: 'default',
  size: 100,
  entries: [{ name: 'w.pt', size: 10, compressedSize: 9 }],
  warnings: [],
};
/** A manifest as an archive's author may have written it, whatever the type promises. */
const asManifest = (value: unknown): Manifest => value as Manifest;

describe('the view of an archive', () => {
  it('lists the manifest in its own order, inner fields by their path', () => {
    const manifest = asManifest({
      createdOn: 'x',
      model: { modelName: 'net', handler: 'h.py' },
      archiverVersion: '0.12.0',
    });
    assert.deepEqual(
      archiveView({ ...contents, manifest }).manifest.map(({ name, value }) => `${name}=${value}`),
      ['createdOn=x', 'model.modelName=net', 'model.handler=h.py', 'archiverVersion=0.12.0'],
    );
  });

  it('fits the contract whatever the archive says', () => {
    const deep = { a: { b: { c: [1, { d: null }] } }, list: [1, 2], none: null, long: 'x'.repeat(1e5) };
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]));
    const views = [
      { ...contents, manifest: asManifest(deep), warnings: Array.from({ length: 1000 }, () => 'w'.repeat(1e4)) },
      { ...contents, manifest: asManifest(many), labels: ['<b>', 'y'.repeat(1e5)] },
      { ...contents, manifest: asManifest(['not', 'an', 'object']), path: '/m/'.repeat(5000) },
      {
        ...contents,
        entries: Array.from({ length: mostEntries + 1 }, () => ({ name: 'n', size: 1, compressedSize: 1 })),
      },
    ].map(archiveView);
    for (const archive of views) assert.ok(isArchiveUpdate({ type: 'contents', archive }));
    assert.equal(views.at(-1)?.entryCount, mostEntries + 1);
    assert.equal(views[0]?.manifest.find(({ name }) => name === 'a.b')?.value, '{"c":[1,{"d":null}]}');
  });
});
