import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach } from 'node:test';
import type { Detection, Finding } from '../../../src/packaging/read/detection.ts';
import { checkPackage, detectModelFolder, formatSpec } from '../../../src/packaging/index.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { writeFiles, type Files } from '../writeFiles.ts';
import { onnx, pickles, torchScriptZip, torchZip } from './detectFixtures.ts';

/** The parent of all folders, and the one of the running test. */
export let scratch: string;
export let folder: string;

/** Gives each test of the file a model folder of its own. */
export function useModelFolders(): void {
  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'model-deck-checks-'));
  });
  after(() => rm(scratch, { recursive: true }));
  beforeEach(async () => {
    folder = await mkdtemp(path.join(scratch, 'net-'));
  });
}

export const model = 'import torch.nn as nn\n\nclass Net(nn.Module):\n    def __init__(self, depth=18): pass\n';
export const labels = '{"0": "cat", "1": "dog", "2": "owl", "3": "eel", "4": "fox"}';
export const three = '{"0": "cat", "1": ["n01", "dog"], "2": "<img src=x onerror=alert(1)>"}';

/** An eager model, a TorchScript one and an ONNX one, each with nothing wrong. */
export const eager = {
  files: { 'net.pth': torchZip(pickles.stateDict), 'model.py': model, 'index_to_name.json': labels },
  spec: {
    name: 'net',
    version: '1.0',
    weights: 'net.pth',
    modelFile: 'model.py',
    handler: 'image_classifier',
    labels: 'index_to_name.json',
  },
} satisfies { files: Files; spec: ModelSpec };

export const script = {
  files: { 'net.pt': torchScriptZip() },
  spec: { name: 'net', version: '1.0', weights: 'net.pt', handler: 'image_classifier' },
} satisfies { files: Files; spec: ModelSpec };

export const graph = {
  files: { 'net.onnx': onnx(), 'index_to_name.json': three },
  spec: {
    name: 'net',
    version: '1.0',
    weights: 'net.onnx',
    handler: 'model-deck:onnx-image-classifier',
    labels: 'index_to_name.json',
    preprocessing: { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1], layout: 'NCHW' },
  },
} satisfies { files: Files; spec: ModelSpec };

export interface Case {
  readonly base: { readonly files: Files; readonly spec: ModelSpec };
  readonly files?: Files;
  /** Laid over the base's. */
  readonly spec?: SpecChange;
  readonly code: string;
  readonly message: RegExp;
  readonly later?: RegExp;
  /** File and zero-based line; for a field of the spec, its key. */
  readonly at?: readonly [file: string, line: number] | string;
  readonly severity?: Finding['severity'];
  /** Other findings that the same mistake gives. */
  readonly also?: readonly string[];
}

export async function check(
  files: Files,
  spec: ModelSpec,
): Promise<{ findings: readonly Finding[]; specFile: string }> {
  const specFile = path.join(folder, 'model-deck.yaml');
  await writeFiles(folder, { ...files, 'model-deck.yaml': formatSpec(spec) });
  return { findings: await checkPackage({ folder, spec, specFile }, {}), specFile };
}

/** What is found in the test's folder with these files in it. */
export async function found(files: Files): Promise<Detection> {
  await writeFiles(folder, files);
  return detectModelFolder(folder);
}

/** Fields of a spec; `undefined` takes one out. */
export type SpecChange = { readonly [Key in keyof ModelSpec]?: ModelSpec[Key] | undefined };

export function laidOver(spec: ModelSpec, change: SpecChange = {}): ModelSpec {
  const merged = Object.entries({ ...spec, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(merged) as unknown as ModelSpec;
}

/** Runs one bad folder: exactly the finding that is expected, with its line, and what TorchServe would say. */
export async function expectFinding(bad: Case): Promise<void> {
  const { findings, specFile } = await check({ ...bad.base.files, ...bad.files }, laidOver(bad.base.spec, bad.spec));
  assert.deepEqual(findings.map(({ code }) => code).sort(), [bad.code, ...(bad.also ?? [])].sort());
  const finding = findings.find(({ code }) => code === bad.code) ?? assert.fail();
  assert.equal(finding.severity, bad.severity ?? 'error');
  assert.match(finding.message, bad.message);
  assert.match(finding.remedy, /\S.*\.$|^Write .*…}\.$/s);
  if (bad.later !== undefined) assert.match(finding.laterMessage ?? '', bad.later);
  if (typeof bad.at === 'string') {
    assert.equal(finding.location?.path, specFile);
    const line = (await readFile(specFile, 'utf8')).split('\n')[finding.location.line ?? -1];
    assert.match(line ?? '', new RegExp(`^\\s*(- )?${bad.at}`));
  } else if (bad.at !== undefined) {
    assert.deepEqual([finding.location?.path, finding.location?.line], [path.join(folder, bad.at[0]), bad.at[1]]);
  }
}
