import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { checkPackage } from '../../../src/packaging/index.ts';
import {
  check,
  eager,
  expectFinding,
  folder,
  graph,
  labels,
  model,
  scratch,
  script,
  three,
  useModelFolders,
  type Case,
} from './checksFixtures.ts';
import { onnx } from './detectFixtures.ts';

useModelFolders();

describe('checkPackage: labels', () => {
  const cases: Readonly<Record<string, Case>> = {
    'not JSON': {
      base: eager,
      files: { 'index_to_name.json': '{\n  "0": "cat",\n  "1": "dog",\n}' },
      code: 'labels-not-json',
      message: /key in double quotes/,
      later: /JSONDecodeError/,
      at: ['index_to_name.json', 3],
    },
    'a list of lines': {
      base: eager,
      files: { 'index_to_name.json': 'cat\ndog\n' },
      code: 'labels-not-json',
      message: /value is missing/,
      at: ['index_to_name.json', 0],
    },
    empty: { base: eager, files: { 'index_to_name.json': '' }, code: 'labels-not-json', message: /end of the file/ },
    'a number': {
      base: eager,
      files: { 'index_to_name.json': '3' },
      code: 'labels-shape',
      message: /neither a list nor an object/,
      later: /"class": "label"/,
    },
    'numbers as labels': {
      base: eager,
      files: { 'index_to_name.json': '{"0": 7}' },
      code: 'labels-shape',
      message: /class 0 has no text/,
    },
    'keys that are no class numbers': {
      base: eager,
      files: { 'index_to_name.json': '{\n"0": "cat",\n"dog": "dog"}' },
      code: 'labels-shape',
      message: /"dog" is not a class number/,
      at: ['index_to_name.json', 2],
    },
    'a class twice': {
      base: eager,
      files: { 'index_to_name.json': labels.replace('"4": "fox"', '"4": "fox",\n"2": "bat"') },
      code: 'labels-double',
      message: /class 2 more than once/,
      at: ['index_to_name.json', 1],
    },
    'another number of classes than nc': {
      base: graph,
      files: { 'data.yaml': 'nc: 4\nnames: [a, b, c]\n' },
      spec: { labels: 'data.yaml' },
      code: 'labels-announced',
      message: /4 classes \(nc\), and names 3/,
    },
    'an empty line': {
      base: graph,
      files: { 'labels.txt': 'cat\n\ndog\nowl\n' },
      spec: { labels: 'labels.txt' },
      code: 'labels-shape',
      message: /line 2 is empty/,
      at: ['labels.txt', 1],
    },
    'UTF-16': {
      base: graph,
      files: { 'labels.txt': Buffer.from('cat\ndog\nowl', 'utf16le') },
      spec: { labels: 'labels.txt' },
      code: 'labels-not-text',
      message: /not UTF-8/,
    },
    'three labels for one number': {
      base: graph,
      files: { 'net.onnx': onnx({ output: [1, 1], lastOperator: 'Sigmoid' }) },
      spec: { preprocessing: undefined, input: {}, output: { meaning: 'binary', activation: 'none' } },
      code: 'labels-for-one-number',
      message: /names 3 classes, and the model answers one number/,
    },
    'no label': {
      base: eager,
      files: { 'index_to_name.json': '{}' },
      code: 'labels-missing-classes',
      message: /names no class/,
    },
    'a gap': {
      base: eager,
      files: { 'index_to_name.json': labels.replace('"2"', '"7"') },
      code: 'labels-missing-classes',
      message: /class 2, 5, 6/,
      later: /KeyError: '2'/,
    },
    'counted from 1': {
      base: eager,
      files: { 'index_to_name.json': '{"1":"a","2":"b","3":"c","4":"d","5":"e"}' },
      code: 'labels-missing-classes',
      message: /class 0/,
      later: /KeyError: '0'/,
    },
    'fewer than the graph has classes': {
      base: graph,
      files: { 'net.onnx': onnx({ output: [1, 10] }) },
      code: 'labels-missing-classes',
      message: /class 3, 4, 5, 6, 7 and 2 more, and the model has 10/,
    },
    'more than the graph has classes': {
      base: graph,
      files: { 'net.onnx': onnx({ output: ['n', 2, 1, 1] }) },
      code: 'labels-beyond-classes',
      message: /class 2, and the model has 2/,
      severity: 'warning',
    },
    'fewer than five for image_classifier': {
      base: eager,
      files: { 'index_to_name.json': three },
      code: 'fewer-than-five-classes',
      message: /names 3/,
      later: /out of range/,
      at: 'handler',
    },
    'one label for two classes': {
      base: eager,
      files: { 'index_to_name.json': labels.replace('eel', 'cat') },
      code: 'labels-shared',
      message: /cat \(0\), cat \(3\)/,
      severity: 'warning',
    },
  };
  for (const [what, bad] of Object.entries(cases)) it(what, () => expectFinding(bad));
});

describe('checkPackage: other files', () => {
  const cases: Readonly<Record<string, Case>> = {
    'two files of one name': {
      base: eager,
      files: { 'a/x.txt': '1', 'b/x.txt': '2' },
      spec: { extraFiles: ['a/x.txt', 'b/x.txt'] },
      code: 'name-collision',
      message: /a\/x\.txt and extraFiles b\/x\.txt would both be x\.txt/,
      later: /writes/,
      at: 'b/x.txt',
    },
    'an extra file over the model file': {
      base: eager,
      files: { 'old/model.py': model },
      spec: { extraFiles: ['old'] },
      code: 'name-collision',
      message: /model\.py/,
      at: 'old',
    },
    'an extra file over a generated one': {
      base: graph,
      files: { 'preprocessing.json': '{}' },
      spec: { extraFiles: ['preprocessing.json'] },
      code: 'name-collision',
      message: /generated preprocessing\.json/,
    },
    'an extra file over the manifest': {
      base: script,
      files: { 'x/MAR-INF/MANIFEST.json': '{}' },
      spec: { extraFiles: ['x'] },
      code: 'reserved-name',
      message: /manifest/,
      at: 'x',
    },
    'a pattern that matches nothing': {
      base: script,
      spec: { extraFiles: ['*.txt'] },
      code: 'pattern-matches-nothing',
      message: /\*\.txt matches no file/,
      later: /wildcard/,
      at: '\\S?\\*\\.txt',
    },
    'an extra file that is missing': {
      base: script,
      spec: { extraFiles: ['gone.txt'] },
      code: 'file-missing',
      message: /gone\.txt/,
      later: /File does not exist: gone\.txt/,
      at: 'gone',
    },
    'a path that climbs out': {
      base: script,
      spec: { extraFiles: ['a/../../etc/passwd'] },
      code: 'file-outside-folder',
      message: /outside/,
      at: 'a/',
    },
    'an absolute path': {
      base: script,
      spec: { requirements: '/etc/passwd' },
      code: 'file-outside-folder',
      message: /\/etc\/passwd/,
      at: 'requirements',
    },
    'a path of Windows': {
      base: script,
      spec: { requirements: 'C:/r.txt' },
      code: 'file-outside-folder',
      message: /C:\/r\.txt/,
      at: 'requirements',
    },
    'a backslash': {
      base: script,
      spec: { extraFiles: ['sub\\x.txt'] },
      code: 'path-backslash',
      message: /backslash/,
      at: 'sub',
    },
    'requirements in UTF-16': {
      base: script,
      files: { 'requirements.txt': Buffer.from('\uFEFFtimm\n', 'utf16le') },
      spec: { requirements: 'requirements.txt' },
      code: 'requirements-unreadable',
      message: /not UTF-8/,
      at: ['requirements.txt', 0],
    },
    'requirements of this computer': {
      base: script,
      files: { 'requirements.txt': 'timm==1.0  # fine\n\n-e .\n' },
      spec: { requirements: 'requirements.txt' },
      code: 'requirements-local-path',
      message: /-e \. is a file of this computer/,
      at: ['requirements.txt', 2],
    },
    'requirements of another file': {
      base: script,
      files: { 'requirements.txt': '-r base.txt\n' },
      spec: { requirements: 'requirements.txt' },
      code: 'requirements-local-path',
      message: /base\.txt/,
      at: ['requirements.txt', 0],
    },
    'a configuration that is no YAML': {
      base: script,
      files: { 'model-config.yaml': 'minWorkers: 1\nmaxWorkers: [\n' },
      spec: { configFile: 'model-config.yaml' },
      code: 'config-file-not-yaml',
      message: /not YAML/,
      at: ['model-config.yaml', 2],
    },
    'a configuration that is a list': {
      base: script,
      files: { 'model-config.yaml': '- 1\n' },
      spec: { configFile: 'model-config.yaml' },
      code: 'config-file-not-yaml',
      message: /not a mapping/,
    },
    'a batch': {
      base: script,
      files: { 'model-config.yaml': 'minWorkers: 1\nbatchSize: 8\n' },
      spec: { configFile: 'model-config.yaml' },
      code: 'batch-size',
      message: /batchSize is 8/,
      severity: 'warning',
      at: ['model-config.yaml', 1],
    },
  };
  for (const [what, bad] of Object.entries(cases)) it(what, () => expectFinding(bad));

  it('a link out of the folder', async () => {
    await writeFile(path.join(scratch, 'secret.txt'), 'x');
    await symlink(path.join('..', 'secret.txt'), path.join(folder, 'notes.txt'));
    await expectFinding({
      base: script,
      spec: { extraFiles: ['notes.txt'] },
      code: 'link-outside-folder',
      message: /secret\.txt/,
      severity: 'warning',
      at: 'notes',
    });
  });

  it('all mistakes at once, each with its place', async () => {
    const spec = {
      ...eager.spec,
      weights: 'gone.pth',
      modelFile: 'gone.py',
      labels: 'gone.json',
      handler: 'gone',
      requirements: 'gone.txt',
    };
    const { findings } = await check({}, spec);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['file-missing', 'file-missing', 'handler-not-found', 'file-missing', 'file-missing'],
    );
    assert.equal(new Set(findings.map(({ location }) => location?.line)).size, findings.length);
  });

  it('has no place when there is no spec file yet', async () => {
    const [finding] = await checkPackage({ folder, spec: script.spec }, {});
    assert.equal(finding?.code, 'file-missing');
    assert.equal(finding.location, undefined);
  });

  it('is cancelled', async () => {
    await assert.rejects(checkPackage({ folder, spec: script.spec }, { signal: AbortSignal.abort() }), {
      category: 'cancelled',
    });
  });
});
