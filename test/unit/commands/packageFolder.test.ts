import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  FolderPackaging,
  type MissingWeights,
  type PackagingWindow,
} from '../../../src/commands/package/packageFolder.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { writeWhole } from '../../../src/foundation/writeWhole.ts';
import { fileError } from '../../../src/foundation/fileErrors.ts';
import * as packaging from '../../../src/packaging/index.ts';
import type { Finding } from '../../../src/packaging/read/detection.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { cannotMount, mountDisk, type MountedDisk } from '../foundation/mountedDisk.ts';
import { onnx } from '../packaging/detectFixtures.ts';
import { writeFiles, type Files } from '../writeFiles.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'model-deck-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A window in which the user takes what is suggested. */
class Window implements PackagingWindow {
  readonly suggested: ModelSpec[] = [];
  readonly missing: MissingWeights[] = [];
  readonly refused: string[] = [];
  shown: readonly Finding[] = [];
  answer: (suggestion: ModelSpec) => ModelSpec = (suggestion) => suggestion;
  chosenOutput = '';

  constructor(readonly changes: Partial<PackagingWindow> = {}) {
    Object.assign(this, changes);
  }

  detect = (where: string) => packaging.detectModelFolder(where);
  specText = (file: string): Promise<string> => readFile(file, 'utf8');
  examples = (): Promise<undefined> => Promise.resolve(undefined);
  vendoring = (): undefined => undefined;
  outputFolder = (where: string): string => path.join(where, 'package');
  async writeSpecText(file: string, text: string): Promise<void> {
    await writeWhole(file, text).catch((error: unknown) => {
      throw fileError(error, 'write the spec', file);
    });
  }
  askForSpec(_: unknown, suggestion: ModelSpec): Promise<ModelSpec> {
    this.suggested.push(suggestion);
    return Promise.resolve(this.answer(suggestion));
  }
  chooseWeights(question: MissingWeights): Promise<string> {
    this.missing.push(question);
    return Promise.resolve(question.same ?? question.others[0]?.path ?? '');
  }
  chooseOutput(_: string, refused: string): Promise<string> {
    this.refused.push(refused);
    return Promise.resolve(this.chosenOutput);
  }
  show(_: string, findings: readonly Finding[]): void {
    this.shown = findings;
  }
  withProgress<T>(_: string, work: (task: object) => Promise<T>): Promise<T> {
    return work({});
  }
}

const packager = (window: Window): FolderPackaging => new FolderPackaging(() => Promise.resolve(packaging), window);

const write = (files: Files): Promise<void> => writeFiles(folder, files);

async function names(): Promise<readonly string[]> {
  return (await readdir(folder)).sort();
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const spec = (weights: string, sha?: string): string => `# mine
name: net
version: '1.0'
weights: ${weights} # the best one
handler: model-deck:onnx-image-classifier
input: { width: 224, height: 224 } # square
${sha === undefined ? '' : `provenance:\n  sha256: ${sha}\n`}`;

describe('the first packaging of a folder', () => {
  it('writes the spec with the sha256 of its weights, and the package', async () => {
    const graph = onnx();
    await write({ 'net.onnx': graph });
    const { specFile, modelPackage } = await packager(new Window()).run(folder);
    assert.deepEqual(await names(), ['model-deck.yaml', 'net.onnx', 'package']);
    assert.equal(specFile, path.join(folder, 'model-deck.yaml'));
    assert.match(await readFile(specFile, 'utf8'), new RegExp(`sha256: ${sha256(graph)}`));
    assert.equal(modelPackage.folder, path.join(folder, 'package'));
  });

  it('writes nothing when its check fails, and keeps the answers for the next time', async () => {
    await write({ 'net.onnx': onnx(), 'labels.txt': 'cat\ndog\n' });
    const window = new Window();
    const folders = packager(window);
    window.answer = (suggestion) => ({ ...suggestion, name: 'mine' });
    await assert.rejects(folders.run(folder), /no label for class 2/);
    assert.deepEqual(await names(), ['labels.txt', 'net.onnx']);
    assert.deepEqual(
      window.shown.map(({ code }) => code),
      ['labels-missing-classes'],
    );
    await write({ 'labels.txt': 'cat\ndog\nowl\n' });
    window.answer = (suggestion) => suggestion;
    const { spec: written } = await folders.run(folder);
    assert.deepEqual([window.suggested[1]?.name, written.name], ['mine', 'mine']);
    assert.deepEqual(await names(), ['labels.txt', 'model-deck.yaml', 'net.onnx', 'package']);
  });

  it('offers to try again where a finding has no place of its own', async () => {
    await write({ 'net.onnx': onnx() });
    const window = new Window();
    window.answer = (suggestion) => ({ ...suggestion, requirements: 'gone.txt', configFile: 'gone.yaml' });
    await assert.rejects(packager(window).run(folder), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.deepEqual(error.nextStep, { kind: 'retry' });
      assert.match(`${error.message} ${error.remedy}`, /no gone\.txt.*no gone\.yaml/s);
      return true;
    });
    assert.deepEqual(await names(), ['net.onnx']);
  });

  it('writes nothing when the wizard is left', async () => {
    await write({ 'net.onnx': onnx() });
    const window = new Window();
    window.answer = () => {
      throw ModelDeckError.cancelled();
    };
    await assert.rejects(packager(window).run(folder), { category: 'cancelled' });
    assert.deepEqual(await names(), ['net.onnx']);
  });

  it('says what is in a folder that has nothing to package', async () => {
    await write({ 'model.tflite': 'TFL3' });
    await assert.rejects(packager(new Window()).run(folder), /TensorFlow Lite/);
  });
});

describe('a spec whose weights have another name now', () => {
  it('takes the file of the same content, and keeps every other line', async () => {
    const graph = onnx();
    const old = spec('old.onnx', sha256(graph));
    await write({ 'a.onnx': onnx({ weightBytes: 32 }), 'new name.onnx': graph, 'model-deck.yaml': old });
    const window = new Window();
    const { spec: packaged } = await packager(window).run(folder);
    assert.deepEqual([window.missing[0]?.missing, window.missing[0]?.same], ['old.onnx', 'new name.onnx']);
    assert.equal(packaged.weights, 'new name.onnx');
    const text = await readFile(path.join(folder, 'model-deck.yaml'), 'utf8');
    assert.equal(text, old.replace('old.onnx', 'new name.onnx'));
  });

  it('takes other content only with its own sha256', async () => {
    const graph = onnx();
    await write({ 'new.onnx': graph, 'model-deck.yaml': spec('old.onnx', 'a'.repeat(64)) });
    const window = new Window();
    await packager(window).run(folder);
    assert.equal(window.missing[0]?.same, undefined);
    const text = await readFile(path.join(folder, 'model-deck.yaml'), 'utf8');
    assert.equal(text, spec('new.onnx', sha256(graph)));
  });

  it('is left as it is when the other weights do not pass the check', async () => {
    const old = spec('old.onnx');
    await write({ 'new.onnx': onnx({ input: ['n', 3, 96, 96] }), 'model-deck.yaml': old });
    await assert.rejects(packager(new Window()).run(folder), /the graph takes \[n, 3, 96, 96\]/);
    assert.equal(await readFile(path.join(folder, 'model-deck.yaml'), 'utf8'), old);
  });

  it('is told that they are missing where nothing else can be packaged', async () => {
    await write({ 'notes.txt': 'x', 'model-deck.yaml': spec('old.onnx') });
    const window = new Window();
    await assert.rejects(packager(window).run(folder), /there is no old\.onnx/);
    assert.deepEqual(window.missing, []);
    assert.equal(window.shown[0]?.location?.line, 3);
  });

  it('points into the text of the editor where it is not saved', async () => {
    await write({ 'net.onnx': onnx(), 'model-deck.yaml': 'name: net\n' });
    const window = new Window();
    window.specText = () => Promise.resolve(`\n\n${spec('net.onnx')}labels: gone.txt\n`);
    await assert.rejects(packager(window).run(folder), /there is no gone\.txt/);
    assert.equal(window.shown[0]?.location?.line, 8);
  });
});

describe('a folder that cannot be written to', { skip: cannotMount }, () => {
  let disk: MountedDisk;
  before(() => {
    disk = mountDisk('1m');
  });
  after(() => disk.unmount());

  it('is packaged where the user says, without a file in it, and asks once', async () => {
    await writeFile(path.join(disk.folder, 'net.onnx'), onnx());
    disk.makeReadOnly();
    const window = new Window();
    window.chosenOutput = path.join(folder, 'elsewhere');
    const folders = packager(window);
    const { specFile, modelPackage } = await folders.run(disk.folder);
    assert.deepEqual([specFile, modelPackage.folder], [undefined, window.chosenOutput]);
    assert.deepEqual(window.refused, [path.join(disk.folder, 'package')]);
    await folders.run(disk.folder);
    assert.deepEqual([window.suggested.length, window.refused.length], [1, 1]);
    assert.deepEqual(await readdir(disk.folder), ['net.onnx']);
  });

  it('leaves alone what lies where the user says', async () => {
    const window = new Window();
    window.chosenOutput = path.join(folder, 'elsewhere');
    window.answer = (suggestion) => ({ ...suggestion, name: 'net' });
    const archive = path.join(window.chosenOutput, 'model-store', 'net.mar');
    await mkdir(path.dirname(archive), { recursive: true });
    await writeFile(archive, 'another one');
    await assert.rejects(packager(window).run(disk.folder), { category: 'conflict' });
    assert.equal(await readFile(archive, 'utf8'), 'another one');
  });
});
