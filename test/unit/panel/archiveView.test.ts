import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArchiveContents, Manifest } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { completeContract } from '../../../src/contract/completeContract.ts';
import { archiveView, packageView } from '../../../src/panel/archive/archiveView.ts';
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

  it('shows a package that is a folder with what it needs of a server, what it takes, and its files', () => {
    const files = [{ path: 'net/config.pbtxt', size: 7, sha256: 'a'.repeat(64) }];
    const serves = {
      modelFormat: 'triton',
      protocols: ['v2'],
      server: 'tritonserver',
      onnx: { irVersion: 9, opset: 17 },
    } as const;
    const contract = completeContract({ input: { width: 64 } });
    const view = packageView(
      {
        kind: 'triton',
        name: 'net',
        version: '1.0',
        folder: '/p/net',
        files,
        size: 7,
        sha256: 'b'.repeat(64),
        serves,
        contract,
      },
      { labels: ['cat', 'dog'], warnings: ['odd'] },
      'Triton model repository',
    );
    assert.ok(isArchiveUpdate({ type: 'contents', archive: view }));
    const rows = view.manifest.map(({ name, value }) => `${name}=${value}`);
    assert.deepEqual(
      rows.filter((row) => /^(name|server|onnx)/.test(row)),
      ['name=net', 'server=tritonserver', 'onnx.irVersion=9', 'onnx.opset=17'],
    );
    assert.equal(view.preprocessing.find(({ name }) => name === 'width')?.value, '64');
    assert.deepEqual(
      [view.format, view.entries[0]?.name, view.labels?.count, view.warnings],
      ['Triton model repository', 'net/config.pbtxt', 2, ['odd']],
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
