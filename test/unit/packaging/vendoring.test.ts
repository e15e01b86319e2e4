import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { packageModel, readArchive } from '../../../src/packaging/index.ts';
import { torchServePackages } from '../../../src/packaging/kinds/torchserve/torchServePackages.ts';
import type { ModelArchive } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { vendoringOf, type Vendoring } from '../../../src/packaging/kinds/vendoring.ts';
import { folder, scratch, useModelFolders } from './checksFixtures.ts';
import { onnx, zip } from './detectFixtures.ts';
import { put, spec } from './serverKindFixtures.ts';

useModelFolders();

const wheelName = 'onnxruntime-1.19.2-cp39-cp39-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl';
const wheel = zip([
  ['onnxruntime/__init__.py', Buffer.from('from onnxruntime.capi import x\n')],
  ['onnxruntime/capi/x.so', Buffer.from('machine code')],
  ['onnxruntime/tools/quantize.py', Buffer.from('not needed\n')],
  ['onnxruntime/LICENSE', Buffer.from('MIT')],
  ['onnxruntime/ThirdPartyNotices.txt', Buffer.from('notices')],
  ['onnxruntime-1.19.2.dist-info/METADATA', Buffer.from('Name: onnxruntime\n')],
]);
const inArchive = [
  'onnxruntime-1.19.2.dist-info/METADATA',
  'onnxruntime/LICENSE',
  'onnxruntime/ThirdPartyNotices.txt',
  'onnxruntime/__init__.py',
  'onnxruntime/capi/x.so',
];

let place: Vendoring;
beforeEach(() => {
  const cacheFolder = path.join(scratch, `cache-${path.basename(folder)}`);
  place = { source: { wheel: path.join(folder, wheelName) }, cacheFolder, python: '3.9', machine: 'x86_64' };
});

async function packaged(vendoring?: Vendoring, outputFolder = path.join(folder, 'package')): Promise<ModelArchive> {
  await put({ 'net.onnx': onnx(), [wheelName]: wheel });
  return packageModel({ folder, spec, outputFolder, force: true, ...(vendoring && { vendoring }) });
}

async function namesIn({ path: archive }: ModelArchive): Promise<readonly string[]> {
  const { entries } = await readArchive(archive);
  return entries
    .map(({ name }) => name)
    .filter((name) => name.startsWith('onnxruntime'))
    .sort();
}

const stock = 'pytorch/torchserve-kfs:0.9.0';

describe('an archive of an ONNX model', () => {
  it('says that the image has to bring onnxruntime, and which images do not', async () => {
    const { serves, path: archive } = await packaged();
    assert.deepEqual(serves.pythonPackages, ['onnxruntime']);
    assert.deepEqual((await torchServePackages.adopt(archive, path.join(folder, 'extra'))).serves, serves);
    const severities = [stock, 'pytorch/torchserve-kfs:0.12.0-gpu', 'registry.local/torchserve:ours'].map(
      (image) => torchServePackages.suits?.(serves, image)[0]?.severity,
    );
    assert.deepEqual(severities, ['error', 'error', 'warning']);
  });

  it("gets the user's wheel with its licences, and without its tools, and then needs nothing of the image", async () => {
    const archive = await packaged(place);
    assert.deepEqual(await namesIn(archive), inArchive);
    assert.equal(archive.serves.pythonPackages, undefined);
    assert.deepEqual((await torchServePackages.adopt(archive.path, path.join(folder, 'extra'))).serves, archive.serves);
    assert.deepEqual(torchServePackages.suits?.(archive.serves, stock), []);
  });

  it('needs nothing of the image where the user says that it is there, and neither does who deploys it later', async () => {
    const archive = await packaged({ ...place, source: { isInImage: true } });
    assert.deepEqual([await namesIn(archive), archive.serves.pythonPackages], [[], undefined]);
    assert.deepEqual((await torchServePackages.adopt(archive.path, path.join(folder, 'extra'))).serves, archive.serves);
  });

  it('has the same bytes whenever the wheel was unpacked', async () => {
    const first = await packaged(place);
    const vendoring = { ...place, cacheFolder: `${place.cacheFolder}-other` };
    // Not `packaged`, which writes the model again: an archive carries its time.
    const second = await packageModel({ folder, spec, outputFolder: path.join(folder, 'again'), vendoring });
    assert.equal(second.sha256, first.sha256);
  });

  it('of PyTorch gets none', async () => {
    await put({ 'own.py': 'import torch\n' });
    await put({ 'net.onnx': onnx(), [wheelName]: wheel });
    const own = { ...spec, handler: 'own.py' };
    const archive = await packageModel({ folder, spec: own, outputFolder: path.join(folder, 'o'), vendoring: place });
    assert.deepEqual([await namesIn(archive), archive.serves.pythonPackages], [[], undefined]);
  });

  for (const other of [
    'onnxruntime-1.19.2-cp311-cp311-manylinux_2_28_x86_64.whl',
    'onnxruntime-1.19.2-cp39-cp39-manylinux_2_28_aarch64.whl',
    'onnxruntime-1.19.2-cp39-cp39-win_amd64.whl',
    'numpy-1.26.4-cp39-cp39-manylinux_2_28_x86_64.whl',
    'onnxruntime.zip',
  ]) {
    it(`does not take ${other} for Python 3.9 on x86-64, and says what to get`, async () => {
      await put({ [other]: wheel });
      await assert.rejects(packaged({ ...place, source: { wheel: path.join(folder, other) } }), {
        category: 'invalid-input',
        message: /is no wheel of onnxruntime for Python 3\.9 on Linux, x86_64/,
        remedy: /pip download onnxruntime .*--python-version 3\.9 --platform manylinux_2_28_x86_64/,
      });
    });
  }

  it('does not take a wheel that is cut off, or has no onnxruntime in it, and keeps nothing of it', async () => {
    await put({ 'net.onnx': onnx() });
    for (const content of [wheel.subarray(0, 300), zip([['other/a.py', Buffer.from('x')]])]) {
      await mkdir(path.join(folder, 'w'), { recursive: true });
      const file = path.join(folder, 'w', wheelName);
      await writeFile(file, content);
      await assert.rejects(packaged({ ...place, source: { wheel: file } }), { category: 'invalid-input' });
    }
    assert.deepEqual(await readdir(place.cacheFolder).catch(() => []), []);
    await assert.rejects(packaged({ ...place, source: { wheel: path.join(folder, 'gone', wheelName) } }), {
      category: 'not-found',
    });
  });
});

describe('onnxruntime of a package index', () => {
  let server: Server;
  let registry: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const asked: string[] = [];
  const sha256 = createHash('sha256').update(wheel).digest('hex');

  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim());
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  });
  after(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => void asked.splice(0));

  const page = (
    hash: string,
  ): string => `<!doctype html><a href="../../files/onnxruntime-1.18.0-cp39-cp39-manylinux_2_28_x86_64.whl">old</a>
<a href="../../files/onnxruntime-1.20.0-cp310-cp310-manylinux_2_28_x86_64.whl">other Python</a>
<a data-yanked="" href="../../files/onnxruntime-1.19.9-cp39-cp39-manylinux_2_28_x86_64.whl">taken back</a>
<a href="../../files/${wheelName}#sha256=${hash}">this</a>`;
  const json = (hash: string): string =>
    JSON.stringify({
      files: [{ filename: wheelName, url: `/files/${wheelName}`, hashes: { sha256: hash }, yanked: false }],
    });
  const serving = (type: string, text: string) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/simple/onnxruntime/') === true) response.setHeader('content-type', type).end(text);
    else response.end(wheel);
  };

  for (const [type, text] of [['text/html', page(sha256)], ['application/vnd.pypi.simple.v1+json', json(sha256)]] as const) {
    it(`is the newest that fits, fetched once, by ${type}`, async () => {
      answer = serving(type, text);
      const source = { registry: registry.replace('//', '//user:p%40ss@') };
      for (const outputFolder of ['a', 'b']) {
        const archive = await packaged({ ...place, source }, path.join(folder, outputFolder));
        assert.deepEqual(await namesIn(archive), inArchive);
      }
      const secret = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
      assert.deepEqual(asked, [`/simple/onnxruntime/ ${secret}`, `/files/${wheelName} ${secret}`, `/simple/onnxruntime/ ${secret}`]);
    });
  } // prettier-ignore

  it('is refused with another sha256 than the index says, and where none fits', async () => {
    answer = serving('text/html', page('0'.repeat(64)));
    const source = { registry };
    await assert.rejects(packaged({ ...place, source }), {
      category: 'conflict',
      message: /the package index says 0000/,
    });
    await assert.rejects(packaged({ ...place, source, python: '3.13' }), {
      category: 'not-found',
      message: /has no wheel of onnxruntime for Python 3\.13/,
    });
  });

  it('that does not answer, or wants a password, is told without the password', async () => {
    answer = (_, response) => response.writeHead(401).end();
    const source = { registry: registry.replace('//', '//user:secret@') };
    await assert.rejects(packaged({ ...place, source }), (error: Error & { category?: string }) => {
      assert.equal(error.category, 'unauthorized');
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    const nowhere = { registry: 'http://127.0.0.1:9/simple/' };
    await assert.rejects(packaged({ ...place, source: nowhere }), { category: 'unreachable' });
  });
});

describe('the settings of ONNX Runtime', () => {
  it('say a wheel, an index, or that the image has it', () => {
    const read = (source: string): Vendoring['source'] | undefined =>
      vendoringOf(source, { python: '3.9', machine: 'x86_64' }, '/cache')?.source;
    assert.deepEqual(read('https://pypi.local/simple'), { registry: 'https://pypi.local/simple' });
    assert.deepEqual(read('/w/onnxruntime.whl'), { wheel: '/w/onnxruntime.whl' });
    assert.deepEqual([read(''), read('image')], [undefined, { isInImage: true }]);
  });
});
