import { lfsPointer } from '../detectFixtures.ts';
import { classifier, graphFile, node, picture, type GraphFile } from './graphFile.ts';
import type { ReaderCase } from './readerCase.ts';

const labels = JSON.stringify({ 0: 'cat', 1: 'dog', 2: 'owl' });

const data = 'external data';
const external = (location: string, more: object = {}): GraphFile => ({
  tensors: { weight: { dimensions: [4, 4], external: { location, ...more } } },
});
const bytes = Buffer.alloc(64);
const externals: readonly ReaderCase[] = [
  {
    kind: data,
    what: 'model.onnx.data beside it, as PyTorch 2.9 writes it',
    files: { 'model.onnx': graphFile(external('model.onnx.data')), 'model.onnx.data': bytes },
    right: { weights: 'model.onnx' },
  },
  {
    kind: data,
    what: 'in a sub-folder',
    files: { 'net.onnx': graphFile(external('weights/net.data')), 'weights/net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'below a graph that lies in a folder itself',
    files: { 'onnx/net.onnx': graphFile(external('parts/net.data')), 'onnx/parts/net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'with ./ before it',
    files: { 'net.onnx': graphFile(external('./net.data')), 'net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'with a backslash, from Windows',
    files: { 'net.onnx': graphFile(external('weights\\net.data')), 'weights/net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'in a Constant',
    files: {
      'net.onnx': graphFile({
        nodes: [
          node('Constant', [], 'weight', { value: { dimensions: [3, 512], external: { location: 'c.data' } } }),
          ...classifier(),
        ],
      }),
    },
    right: { findings: ['onnx-external-data'], says: /c\.data, which is not there/ },
  },
  {
    kind: data,
    what: 'in the graph of an If',
    files: {
      'net.onnx': graphFile({
        nodes: [
          ...classifier(),
          node('If', 'scores', 'x', {
            then_branch: { graph: { tensors: { w: { dimensions: [1], external: { location: 'if.data' } } } } },
          }),
        ],
      }),
    },
    right: { findings: ['onnx-external-data'], says: /if\.data/ },
  },
  {
    kind: data,
    what: 'in two files',
    files: {
      'net.onnx': graphFile({
        tensors: {
          a: { dimensions: [4], external: { location: 'a.data' } },
          b: { dimensions: [4], external: { location: 'b.data' } },
        },
      }),
      'a.data': bytes,
      'b.data': bytes,
    },
    right: {},
  },
  {
    kind: data,
    what: 'missing',
    files: { 'net.onnx': graphFile(external('net.onnx.data')) },
    right: { findings: ['onnx-external-data'], says: /net\.onnx\.data, which is not there/ },
  },
  {
    kind: data,
    what: 'cut off',
    files: { 'net.onnx': graphFile(external('net.data', { offset: 32, length: 64 })), 'net.data': bytes },
    right: { findings: ['onnx-external-data-cut-off'], says: /64 bytes.*up to byte 96/ },
  },
  {
    kind: data,
    what: 'whole, with an offset',
    files: { 'net.onnx': graphFile(external('net.data', { offset: 32, length: 32 })), 'net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'a pointer of git-lfs',
    files: { 'net.onnx': graphFile(external('net.data', { length: 4096 })), 'net.data': lfsPointer(4096) },
    right: { findings: ['onnx-external-data-pointer'], says: /git lfs pull/ },
  },
  {
    kind: data,
    what: 'outside its folder',
    files: { 'onnx/net.onnx': graphFile(external('../net.data')), 'net.data': bytes },
    right: { findings: ['onnx-external-data'], says: /outside its folder/ },
  },
  {
    kind: data,
    what: 'at an absolute place',
    files: { 'net.onnx': graphFile(external('/data/net.data')) },
    right: { findings: ['onnx-external-data'], says: /outside its folder/ },
  },
];

const versions: readonly ReaderCase[] = [
  {
    kind: 'operators and versions',
    what: 'operators of a domain that ONNX Runtime does not have',
    files: {
      'net.onnx': graphFile({
        nodes: [{ operator: 'Strange', inputs: ['image'], outputs: ['x'], domain: 'com.example' }, ...classifier('x')],
      }),
    },
    right: { findings: ['onnx-custom-operators'], says: /com\.example/ },
  },
  {
    kind: 'operators and versions',
    what: 'operators that the file itself defines',
    files: {
      'net.onnx': graphFile({
        nodes: [{ operator: 'Own', inputs: ['image'], outputs: ['x'], domain: 'local' }, ...classifier('x')],
        functionNodes: [node('Relu', 'a', 'b')],
      }),
    },
    right: {},
  },
  {
    kind: 'two graphs in one folder',
    what: 'the first is suggested, the second has its own suggestion',
    files: {
      'a.onnx': graphFile(),
      'b.onnx': graphFile({ inputs: [picture([1, 3, 384, 384])] }),
      'index_to_name.json': labels,
    },
    right: { weights: 'a.onnx', input: { width: 224 } },
  },
];

export const externalCases: readonly ReaderCase[] = [...externals, ...versions];
