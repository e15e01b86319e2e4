import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Files } from '../writeFiles.ts';
import { check, eager, expectFinding, graph, model, script, useModelFolders, type Case } from './checksFixtures.ts';
import { safetensors } from './detectFixtures.ts';

useModelFolders();

describe('checkPackage finds nothing in', () => {
  for (const [what, { files, spec }] of Object.entries({ eager, script, graph })) {
    it(what, async () => assert.deepEqual((await check(files, spec)).findings, []));
  }
  it('a handler of its own with weights that only it reads', async () => {
    const handler = 'class H:\n    def initialize(self, c): pass\n    def handle(self, d, c): pass\n';
    const spec = { ...script.spec, weights: 'net.safetensors', handler: 'own.py' };
    assert.deepEqual((await check({ 'net.safetensors': safetensors(), 'own.py': handler }, spec)).findings, []);
  });
  it('a folder of modules that keeps its sub-folders', async () => {
    const files = {
      ...eager.files,
      'model.py': `import pkg.blocks\nfrom pkg import blocks\n${model}`,
      'lib/pkg/blocks.py': 'from . import more\n',
      'lib/pkg/more.py': '',
    };
    assert.deepEqual((await check(files, { ...eager.spec, extraFiles: ['lib'] })).findings, []);
  });
  it('the same file named twice', async () => {
    const spec = { ...eager.spec, extraFiles: ['*.json', 'index_to_name.json'] };
    assert.deepEqual((await check(eager.files, spec)).findings, []);
  });
  it('installed modules, and code under the main guard', async () => {
    const source = `import numpy, timm.models\n${model}\nif __name__ == "__main__":\n    class Args: pass\n`;
    assert.deepEqual((await check({ ...eager.files, 'model.py': source }, eager.spec)).findings, []);
  });
});

describe('checkPackage: the model file', () => {
  const cases: Readonly<Record<string, Case>> = {
    'two classes': {
      base: eager,
      files: { 'model.py': `class Block: pass\n${model}` },
      code: 'two-classes-in-model-file',
      message: /2 classes: Block, Net/,
      later: /Expected only one class.*<class 'model.Block'>, <class 'model.Net'>/,
      at: ['model.py', 3],
    },
    'an alias of the class': {
      base: eager,
      files: { 'model.py': `${model}Model = Net\n` },
      code: 'two-classes-in-model-file',
      message: /Net, Model/,
      at: ['model.py', 4],
    },
    'no class': {
      base: eager,
      files: { 'model.py': 'from torchvision.models import resnet18\nclass_ = "class A:"\n' },
      code: 'no-class-in-model-file',
      message: /no class/,
      later: /\[\]/,
      at: ['model.py', 0],
    },
    'an argument without default': {
      base: eager,
      files: {
        'model.py': 'class Net:\n    def __init__(self,\n                 layers, *, width, depth=1):\n        pass\n',
      },
      code: 'constructor-needs-arguments',
      message: /'layers' and 'width' have no default/,
      later: /missing 1 required positional argument: 'layers'$/,
      at: ['model.py', 2],
    },
    'arguments without default behind a star': {
      base: eager,
      files: { 'model.py': 'class Net:\n    def __init__(self, *, a, b, c): pass\n' },
      code: 'constructor-needs-arguments',
      message: /'a', 'b', and 'c' have no default/,
      later: /missing 3 required keyword-only arguments: 'a', 'b', and 'c'/,
      at: ['model.py', 1],
    },
    'an open bracket': {
      base: eager,
      files: { 'model.py': 'import torch\nx = (1\nclass Net: pass\n' },
      code: 'python-syntax',
      message: /line 2: '\(' was never closed/,
      later: /SyntaxError/,
      at: ['model.py', 1],
    },
    'a dot in its name': {
      base: eager,
      files: { 'net.v2.py': model },
      spec: { modelFile: 'net.v2.py' },
      code: 'python-name-dots',
      message: /module net/,
      later: /No module named 'net'/,
      at: 'modelFile',
    },
    'the name of an installed module': {
      base: eager,
      files: { 'torchvision.py': model },
      spec: { modelFile: 'torchvision.py' },
      code: 'python-name-taken',
      message: /installed module torchvision/,
      at: 'modelFile',
    },
    missing: {
      base: eager,
      spec: { modelFile: 'nets/model.py' },
      code: 'file-missing',
      message: /nets\/model\.py/,
      later: /\[Errno 2\]/,
      at: 'modelFile',
    },
    'a folder': {
      base: eager,
      files: { 'nets/x.txt': '' },
      spec: { modelFile: 'nets' },
      code: 'file-is-folder',
      message: /is a folder/,
      later: /IsADirectoryError/,
      at: 'modelFile',
    },
  };
  for (const [what, bad] of Object.entries(cases)) it(what, () => expectFinding(bad));
});

describe('checkPackage: handler and names', () => {
  const own = (source: string, handler = 'own.py'): Pick<Case, 'base' | 'files' | 'spec'> => ({
    base: script,
    files: { 'own.py': source },
    spec: { handler },
  });
  const cases: Readonly<Record<string, Case>> = {
    'an unknown handler': {
      base: script,
      spec: { handler: 'my_handler' },
      code: 'handler-not-found',
      message: /neither built into TorchServe nor is my_handler\.py/,
      later: /ts\.torch_handler\.my_handler/,
      at: 'handler',
    },
    'a built-in handler, misspelt': {
      base: script,
      spec: { handler: 'ImageClassifier' },
      code: 'handler-not-found',
      message: /ImageClassifier/,
      at: 'handler',
    },
    'a generated handler that we do not write': {
      base: script,
      spec: { handler: 'model-deck:detector' },
      code: 'handler-not-found',
      message: /writes no handler/,
      at: 'handler',
    },
    'two classes in a handler': {
      ...own('class A: pass\nclass B: pass\n'),
      code: 'handler-entry-point',
      message: /2 classes/,
      later: /Expected only one class in custom service code/,
      at: ['own.py', 1],
    },
    'no class in a handler': {
      ...own('x = 1\n'),
      code: 'handler-entry-point',
      message: /neither a class/,
      at: ['own.py', 0],
    },
    'a handler that cannot handle': {
      ...own('class A:\n    def run(self): pass\n'),
      code: 'handler-without-handle',
      message: /no method handle/,
      later: /Expect handle method in class/,
      at: ['own.py', 0],
    },
    'a function that is not there': {
      ...own('def predict(d, c): pass\n', 'own.py:handle_it'),
      code: 'handler-function-not-found',
      message: /no function handle_it/,
      at: 'handler',
    },
    'a name with a dot': {
      base: script,
      spec: { name: 'net-1.0' },
      code: 'name-dots',
      message: /dot/,
      later: /ModelMissingError/,
      at: 'name',
    },
    'a name with a slash': {
      base: script,
      spec: { name: '../net' },
      code: 'name-characters',
      message: /cannot be a model's name/,
      later: /special characters/,
      at: 'name',
    },
    'an empty name': { base: script, spec: { name: '' }, code: 'name-characters', message: /""/, at: 'name' },
  };
  for (const [what, bad] of Object.entries(cases)) it(what, () => expectFinding(bad));
  it('tells the name that is meant', async () => {
    const { findings } = await check(script.files, { ...script.spec, handler: 'ImageClassifier' });
    assert.equal(findings[0]?.remedy, 'Write image_classifier.');
  });
  it('takes a function of a handler', async () => {
    const spec = { ...script.spec, handler: 'sub/own.py:predict' };
    assert.deepEqual((await check({ ...script.files, 'sub/own.py': 'def predict(d, c): pass\n' }, spec)).findings, []);
  });
});

describe('checkPackage: imports', () => {
  const importing = (line: string): Files => ({
    'model.py': `${line}\n${model}`,
    'helper.py': '',
    'pkg/__init__.py': '',
    'pkg/blocks.py': '',
    'data/cat.jpg': '',
  });
  const cases: Readonly<Record<string, Case>> = {
    'a relative import': {
      base: eager,
      files: importing('from .helper import x'),
      code: 'relative-import',
      message: /\.helper/,
      later: /no known parent package/,
      at: ['model.py', 0],
    },
    'a module that is not packaged': {
      base: eager,
      files: importing('import os, helper'),
      code: 'local-module-not-packaged',
      message: /helper, which is helper\.py/,
      later: /No module named 'helper'/,
      at: ['model.py', 0],
    },
    'a module of a folder': {
      base: eager,
      files: importing('import pkg.blocks'),
      code: 'local-import-flattened',
      message: /pkg\/blocks\.py here/,
      later: /No module named 'pkg\.blocks'/,
      at: ['model.py', 0],
    },
    'a folder of modules': {
      base: eager,
      files: importing('from pkg import blocks, other'),
      code: 'local-import-flattened',
      message: /which is pkg here/,
      at: ['model.py', 0],
    },
    'a module whose folder is flattened': {
      base: eager,
      files: importing('from pkg.blocks import x'),
      spec: { extraFiles: ['pkg'] },
      code: 'local-import-flattened',
      message: /without its folder/,
      at: ['model.py', 0],
    },
    'in a function': {
      base: eager,
      files: importing('def f():\n    import helper'),
      code: 'local-module-not-packaged',
      message: /helper/,
      at: ['model.py', 1],
    },
    'in a try': {
      base: eager,
      files: importing('try:\n    import helper\nexcept ImportError:\n    helper = None'),
      code: 'local-module-not-packaged',
      message: /helper/,
      severity: 'warning',
      at: ['model.py', 1],
    },
    'of a module that is packaged': {
      base: eager,
      files: { ...importing('import helper'), 'helper.py': 'import second\n', 'second.py': '' },
      spec: { extraFiles: ['helper.py'] },
      code: 'local-module-not-packaged',
      message: /helper\.py imports second/,
      at: ['helper.py', 0],
    },
    'of a handler, from beside it': {
      base: script,
      files: { 'code/own.py': 'import tools\ndef handle(d, c): pass\n', 'code/tools.py': '' },
      spec: { handler: 'code/own.py' },
      code: 'local-module-not-packaged',
      message: /code\/tools\.py/,
      later: /'(ts\.torch_handler\.own|tools)'/,
      at: ['code/own.py', 0],
    },
  };
  for (const [what, bad] of Object.entries(cases)) it(what, () => expectFinding(bad));
  it('not of a folder without Python in it', async () => {
    assert.deepEqual((await check({ ...eager.files, ...importing('import data') }, eager.spec)).findings, []);
  });
});
