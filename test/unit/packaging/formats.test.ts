import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { WeightsKind } from '../../../src/packaging/read/detection.ts';
import { ByteStream } from '../../../src/packaging/read/formats/byteStream.ts';
import { parseJson } from '../../../src/packaging/read/formats/parseJson.ts';
import { walkPickle } from '../../../src/packaging/read/formats/pickle.ts';
import { readPythonModule } from '../../../src/packaging/read/formats/pythonModule.ts';
import { inspectWeights, type WeightsFacts } from '../../../src/packaging/read/formats/weightsFile.ts';
import {
  hostilePickles,
  legacyTorch,
  onnx,
  pickles,
  safetensors,
  torchScriptZip,
  torchZip,
  zip,
} from './detectFixtures.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'model-deck-formats-'));
});
after(() => rm(scratch, { recursive: true }));

async function inspect(content: Buffer | string, name = 'net.pth', signal?: AbortSignal): Promise<WeightsFacts> {
  const file = path.join(scratch, name);
  await writeFile(file, content);
  return inspectWeights(file, { signal });
}

/** Pickles in chunks of a few bytes: nothing may depend on where a read ends. */
function inChunks(content: Buffer, size: number): AsyncIterable<Buffer> {
  return (async function* () {
    for (let at = 0; at < content.length; at += size) {
      await Promise.resolve();
      yield content.subarray(at, at + size);
    }
  })();
}

describe('kinds of weights', () => {
  const kinds: readonly (readonly [string, Buffer | string, WeightsKind, RegExp, string?])[] = [
    ['a state_dict', torchZip(pickles.stateDict), 'eager-state-dict', /2 tensors.*Python file/],
    ['a compressed state_dict', torchZip(pickles.stateDict, true), 'eager-state-dict', /2 tensors/],
    ['a state_dict of old PyTorch', legacyTorch(pickles.stateDict), 'eager-state-dict', /2 tensors/],
    ['TorchScript', torchScriptZip(), 'torchscript', /code is inside/],
    [
      'a whole module',
      torchZip(pickles.wholeModule),
      'pickled-module',
      /torchvision\.models\.resnet\.ResNet.*state_dict/,
    ],
    ['a whole module of a script', torchZip(pickles.mainModule), 'pickled-module', /__main__\.Net/],
    ['a whole module of old PyTorch', legacyTorch(pickles.wholeModule), 'pickled-module', /ResNet/],
    ['a state_dict with the arguments', torchZip(pickles.namespaceInside), 'checkpoint', /beside other values/],
    ['a checkpoint', torchZip(pickles.checkpoint), 'checkpoint', /checkpoint.*"model"/],
    ['a tensor', torchZip(pickles.tensor), 'unknown', /single tensor/],
    ['a list', torchZip(pickles.list), 'unknown', /not a state_dict/],
    ['a bare pickle of tensors', pickles.stateDict, 'unknown', /torch\.load does not read/],
    ['ONNX', onnx(), 'onnx', /opset 17.*image \[batch, 3, 224, 224\] to scores \[batch, 3\]/],
    ['ONNX by another name', onnx(), 'onnx', /opset 17/, 'net.pth'],
    ['safetensors', safetensors(), 'safetensors', /1 tensor and no code/],
    ['HDF5', Buffer.from('\x89HDF\r\n\x1a\n' + '\0'.repeat(40), 'latin1'), 'keras', /ONNX/, 'net.h5'],
    [
      'Keras 3',
      zip([
        ['config.json', Buffer.from('{}')],
        ['model.weights.h5', Buffer.alloc(4)],
      ]),
      'keras',
      /ONNX/,
    ],
    ['a MAR', zip([['MAR-INF/MANIFEST.json', Buffer.from('{}')]]), 'mar', /deploy/],
    ['torch.export', zip([['net/archive_format', Buffer.from('pt2')]]), 'unknown', /torch\.export/],
    ['a ZIP of photos', zip([['cat.jpg', Buffer.alloc(9)]]), 'unknown', /without a model/],
    ['text', 'hello', 'unknown', /no kind/, 'notes.txt'],
  ];
  for (const [what, content, kind, explanation, name] of kinds) {
    it(`${what} is ${kind}`, async () => {
      const facts = await inspect(content, name);
      assert.equal(facts.kind, kind, facts.explanation);
      assert.match(facts.explanation, explanation);
      assert.equal(facts.size, content.length);
    });
  }

  const broken: readonly (readonly [string, Buffer | string, RegExp, string?])[] = [
    ['an empty file', '', /empty/],
    [
      'a git-LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 46830571\n',
      /46830571 bytes.*git lfs pull/,
    ],
    ['a web page', '<!DOCTYPE html><html></html>', /web page/],
    ['a gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /unpack/],
    [
      'a ZIP cut off',
      torchZip(pickles.stateDict).subarray(0, 90),
      /directory, at the end, is missing.*download it again/,
    ],
    ['a ZIP with a damaged entry', damaged(torchZip(pickles.stateDict)), /ZIP.*cannot be read/],
    [
      'a ZIP with half a pickle',
      torchZip(pickles.stateDict.subarray(0, 40)),
      /pickle is damaged: it ends in the middle/,
    ],
    ['an old file cut off', legacyTorch(pickles.stateDict).subarray(0, 60), /cannot be read.*ends in the middle/],
    ['an old file cut off in its numbers', legacyTorch(pickles.stateDict).subarray(0, -1), /ends in the middle/],
    ['ONNX cut off', onnx({ weightBytes: 5000 }).subarray(0, 3000), /ONNX file that is cut off/, 'net.onnx'],
    ['ONNX cut off at a byte', onnx().subarray(0, -1), /ONNX/, 'net.onnx'],
    ['photos called ONNX', Buffer.alloc(500, 0xff), /not an ONNX graph/, 'net.onnx'],
    ['protobuf without a graph', Buffer.from([8, 8, 18, 2, 65, 66]), /not an ONNX graph/, 'net.onnx'],
    ['ONNX without an output', withoutOutput(), /without an input or without an output/, 'net.onnx'],
    ['safetensors cut off', safetensors(64).subarray(0, -1), /safetensors file that is cut off/],
    ['text called weights', 'hello', /neither what torch\.save writes/],
    ['a pickle that takes from nothing', Buffer.from('\x80\x02R.', 'latin1'), /empty stack/],
    ['a pickle that recalls nothing', Buffer.from('\x80\x02h\x07.', 'latin1'), /never kept/],
    ['a text of 16 exabytes', Buffer.from('\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff.', 'latin1'), /cannot be read/],
  ];
  for (const [what, content, explanation, name] of broken) {
    it(`${what} is unreadable`, async () => {
      const facts = await inspect(content, name);
      assert.equal(facts.kind, 'unreadable', facts.explanation);
      assert.match(facts.explanation, explanation);
    });
  }

  it('is cancelled', async () => {
    await assert.rejects(inspect(torchZip(pickles.stateDict), 'net.pth', AbortSignal.abort()), {
      category: 'cancelled',
    });
  });
  it('names a file that is not there', async () => {
    await assert.rejects(inspectWeights(path.join(scratch, 'gone.pth')), { category: 'not-found' });
  });
  it('does not list weights among the inputs of a graph', async () => {
    const facts = await inspect(onnx({ weightsAsInputs: true }));
    assert.equal(facts.onnx?.input.name, 'image');
    assert.deepEqual(facts.onnx?.input.shape, ['batch', 3, 224, 224]);
  });
  it('names the files that hold weights of a graph', async () => {
    assert.deepEqual((await inspect(onnx({ externalFile: 'net.data' }))).graph?.externalFiles, [
      { location: 'net.data', bytes: 0 },
    ]);
  });
});

describe('hostile ZIPs', () => {
  const locator = (offset: bigint): Buffer => {
    const bytes = Buffer.alloc(20);
    bytes.write('PK\x06\x07', 'latin1');
    bytes.writeBigUInt64LE(offset, 8);
    bytes.writeUInt32LE(1, 16);
    return bytes;
  };
  for (const offset of [2n ** 64n - 1n, 2n ** 53n - 1n, 1_000_000n, 0n]) {
    it(`a ZIP64 directory at ${offset}`, async () => {
      const whole = torchZip(pickles.stateDict);
      const content = Buffer.concat([whole.subarray(0, -22), locator(offset), whole.subarray(-22)]);
      assert.equal((await inspect(content)).kind, 'unreadable');
    });
  }
  it('an entry that begins beyond the end', async () => {
    const content = torchZip(pickles.stateDict);
    const directory = content.indexOf('PK\x01\x02', 0, 'latin1');
    content.writeUInt32LE(0xfffffff0, directory + 42);
    assert.equal((await inspect(content)).kind, 'unreadable');
  });
  it('a directory that counts more entries than it has', async () => {
    const content = torchZip(pickles.stateDict);
    content.writeUInt16LE(60_000, content.length - 12);
    assert.equal((await inspect(content)).kind, 'unreadable');
  });
});

describe('hostile pickles', () => {
  for (const [how, { bytes, names }] of Object.entries(hostilePickles)) {
    for (const [container, content] of [
      ['bare', bytes],
      ['in a ZIP', torchZip(bytes)],
      ['in an old file', legacyTorch(bytes)],
    ] as const) {
      it(`${how}, ${container}`, async () => {
        const facts = await inspect(content);
        assert.equal(facts.kind, 'hostile-pickle', facts.explanation);
        assert.match(facts.global ?? '', names);
        assert.match(facts.explanation, /Do not load it/);
      });
    }
  }
  const system = hostilePickles['GLOBAL, posix']?.bytes ?? assert.fail();

  it('in a ZIP that poses as TorchScript', async () => {
    assert.equal((await inspect(torchScriptZip(system))).kind, 'hostile-pickle');
  });
  it('in a second entry of the same name', async () => {
    const content = zip([
      ['net/data.pkl', system],
      ['net/data.pkl', pickles.stateDict],
    ]);
    assert.equal((await inspect(content)).kind, 'hostile-pickle');
  });
  it('in the first of the five pickles of an old file', async () => {
    assert.equal((await inspect(Buffer.concat([system, legacyTorch(pickles.stateDict)]))).kind, 'hostile-pickle');
  });
  it('behind so many values that nobody looks through them: refused all the same', async () => {
    const strings = Buffer.alloc(6_000_000, Buffer.from('X\0\0\0\0', 'latin1'));
    const facts = await inspect(Buffer.concat([Buffer.from([0x80, 2]), strings, system]));
    assert.equal(facts.kind, 'unreadable');
    assert.match(facts.explanation, /too many values/);
  });
});

describe('the pickle walker', () => {
  it('finds the same whatever the chunks are', async () => {
    const expected = await walkPickle(new ByteStream(inChunks(pickles.checkpoint, 1000)));
    for (const size of [1, 2, 3, 7]) {
      const walk = await walkPickle(new ByteStream(inChunks(pickles.checkpoint, size)));
      assert.deepEqual(walk, expected);
    }
    assert.equal(expected.root?.kind, 'mapping');
  });
  it('gives up on a value in a memo of millions', async () => {
    const content = Buffer.concat([Buffer.from('N'), Buffer.alloc(2_000_000, 0x94)]);
    const { problem } = await walkPickle(new ByteStream(inChunks(content, 1 << 16)));
    assert.match(problem ?? '', /too many/);
  });
  it('gives up on a stack of millions', async () => {
    const { problem } = await walkPickle(new ByteStream(inChunks(Buffer.alloc(2_000_000, 0x4e), 1 << 16)));
    assert.match(problem ?? '', /too many/);
  });
  it('gives up on a line without end', async () => {
    const { problem } = await walkPickle(new ByteStream(inChunks(Buffer.alloc(200_000, 0x63), 1 << 12)));
    assert.match(problem ?? '', /too long/);
  });
});

describe('the outline of a Python module', () => {
  const classes = (source: string): string[] => readPythonModule(source).classes.map((made) => made.name);
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a class', 'class A(nn.Module):\n    pass\n', ['A']],
    ['classes in strings and comments', '"""\nclass B:\n"""\n# class C:\nx = "class D:"\nclass A: pass\n', ['A']],
    ['a string over lines with quotes in it', "x = '''a\"b\nclass B:\n'''\nclass A: pass", ['A']],
    ['raw, byte and format strings', 'x = rb"\\\\" + f"{1}" + Rb\'\'\nclass A: pass', ['A']],
    ['classes inside', 'class A:\n    class B: pass\n    def f(self):\n        class C: pass\n', ['A']],
    ['classes in functions', 'def f():\n    class A: pass\nclass B: pass\n', ['B']],
    [
      'classes under if and try',
      'try:\n    class A: pass\nexcept E:\n    class A: pass\nif x:\n  class B: pass\n',
      ['A', 'B'],
    ],
    ['classes that only a script has', 'class A: pass\nif __name__ == "__main__":\n    class B: pass\n', ['A']],
    ['an alias', 'class A: pass\nB = A\n', ['A', 'B']],
    ['a named tuple', 'import collections\nP = collections.namedtuple("P", "x y")\nclass A: pass\n', ['P', 'A']],
    ['a class that is deleted', 'class A: pass\nclass B: pass\ndel A\n', ['B']],
    ['a class over a line continuation', 'x = 1 + \\\n  2\nclass \\\n  A: pass', ['A']],
    ['a class after a semicolon', 'x = 1; y = 2\nclass A: x = 1; y = 2\n', ['A']],
    ['tabs', 'if x:\n\tdef f():\n\t\tclass B: pass\n\tclass A: pass\n', ['A']],
    ['names of other alphabets, and Windows line ends', 'class Сеть:\r\n    pass\r\n', ['Сеть']],
    ['a bracket over lines', 'x = [\nclass_,\n"]",\n]\nclass A(\n  B,\n): pass', ['A']],
  ];
  for (const [what, source, expected] of cases) {
    it(what, () => {
      const { problem } = readPythonModule(source);
      assert.equal(problem, undefined);
      assert.deepEqual(classes(source), expected);
    });
  }

  it('tells which parameters must be given', () => {
    const source =
      'class A:\n  def __init__(self, a, /, b: Dict[str, int] = {"x": (1, 2)}, *args, c, d=f(1, x=2), **kw): pass\n';
    const [made] = readPythonModule(source).classes;
    const required = made?.methods[0]?.parameters.filter((parameter) => parameter.required).map(({ name }) => name);
    assert.deepEqual(required, ['self', 'a', 'c']);
  });
  it('reads imports with their lines', () => {
    const source =
      'import a.b as c, d\nfrom ..e import (f,\n  g as h)\ntry:\n  from . import i\nexcept ImportError: pass\n';
    assert.deepEqual(
      readPythonModule(source).imports.map(({ module, level, names, guarded, at }) => [
        module,
        level,
        names,
        guarded,
        at.line,
      ]),
      [
        ['a.b', 0, [], false, 0],
        ['d', 0, [], false, 0],
        ['e', 2, ['f', 'g'], false, 1],
        ['', 1, ['i'], true, 4],
      ],
    );
  });
  for (const [source, message, line] of [
    ['x = (1,\ny = 2\n', "'(' was never closed", 0],
    ['x = 1\ny = [1)\n', "closing parenthesis ')' does not match opening parenthesis '['", 1],
    ['x = 1\n\n)', "unmatched ')'", 2],
    ['x = "abc\n', 'unterminated string literal', 0],
    ['\n"""abc\n', 'unterminated triple-quoted string literal', 1],
  ] as const) {
    it(`tells that ${message}`, () => {
      const { problem } = readPythonModule(source);
      assert.equal(problem?.message, message);
      assert.equal(problem.line, line);
    });
  }
});

describe('parseJson', () => {
  for (const [source, message, line, column] of [
    ['{"0": "a",\n "1": "b",\n}', 'a key in double quotes is missing before "}"', 2, 0],
    ["{'0': 'a'}", 'a key in double quotes is missing before "\'"', 0, 1],
    ['{"0": "a"\n "1": "b"}', 'a comma is missing before "\\""', 1, 1],
    ['{"0" "a"}', 'a colon is missing', 0, 5],
    ['{"0": tench}', 'a value is missing before "t"', 0, 6],
    ['["a", "b"', 'a comma is missing before the end of the file', 0, 9],
    ['', 'a value is missing before the end of the file', 0, 0],
    ['{} {}', 'the end is missing', 0, 3],
    ['{"a": "tab\there"}', 'a value is missing before "\\""', 0, 6],
  ] as const) {
    it(`${JSON.stringify(source)}: ${message}`, () => {
      const result = parseJson(source);
      assert.ok('problem' in result);
      assert.ok(result.problem.message.startsWith(message), result.problem.message);
      assert.deepEqual([result.problem.line, result.problem.column], [line, column]);
    });
  }
  it('gives the value', () => assert.deepEqual(parseJson('{"a": [1, {}]}'), { value: { a: [1, {}] } }));
});

/** The first entry's local header overwritten, with the directory whole. */
function damaged(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  copy.fill(0x58, 0, 4);
  copy.write('PK\x03\x04', 0, 'latin1');
  copy.fill(0xff, 26, 30);
  return copy;
}

function withoutOutput(): Buffer {
  // ir_version 8, and a graph with a name only.
  return Buffer.from([8, 8, 0x3a, 5, 0x12, 3, 0x6e, 0x65, 0x74]);
}
