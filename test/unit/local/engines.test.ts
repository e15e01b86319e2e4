import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { float16Bits } from '../../../src/foundation/float16.ts';
import { plainNumbers, type AnswerTensor, type TensorNumbers } from '../../../src/kserve/index.ts';
import { loadEngine, onnxEngines } from '../../../src/local/server/onnx/engines/index.ts';
import type { LoadedEngine, OnnxEngine } from '../../../src/local/server/onnx/engines/engine.ts';
import { OnnxSession } from '../../../src/local/server/onnx/onnxSession.ts';
import { sampleFolder } from './sampleArchive.ts';
import { toyGraph, type ToyGraph } from './toyGraph.ts';

const silent = (): void => undefined;
const weights = [
  [0.5, -1, 2],
  [0, 1, -1],
  [1, 1, 1],
];

/** Runs a graph on pictures whose values rise. */
const runs: readonly { readonly name: string; readonly graph: ToyGraph; readonly batch?: number }[] = [
  { name: 'float32, NCHW', graph: { shape: [1, 3, 4, 6], weights } },
  { name: 'float32, NHWC', graph: { shape: [1, 4, 6, 3], layout: 'NHWC', weights } },
  { name: 'a free batch', graph: { shape: [-1, 3, 4, 6], weights }, batch: 3 },
  { name: 'float16', graph: { shape: [1, 3, 4, 6], type: 'float16', weights } },
  { name: 'uint8', graph: { shape: [1, 3, 4, 6], type: 'uint8', weights } },
  { name: 'a softmax at the end', graph: { shape: [1, 3, 4, 6], weights, last: 'Softmax' } },
  { name: 'a sigmoid at the end', graph: { shape: [1, 3, 4, 6], weights, last: 'Sigmoid' } },
  { name: 'several outputs', graph: { shape: [1, 3, 4, 6], weights, hasFeatures: true } },
  { name: 'weights beside the graph', graph: { shape: [1, 3, 4, 6], weights, externalFile: 'weights/model.data' } },
  { name: 'weights by a path from here', graph: { shape: [1, 3, 4, 6], weights, externalFile: './model.data' } },
];

async function openToy(engine: LoadedEngine, graph: ToyGraph): Promise<OnnxSession> {
  const made = toyGraph(graph);
  const externalData = graph.externalFile === undefined ? [] : [{ path: graph.externalFile, data: made.externalData }];
  return OnnxSession.open(engine, { graph: made.graph, externalData, name: 'toy.onnx' }, undefined);
}

function numbersFor({ type = 'float32' }: ToyGraph, count: number): TensorNumbers {
  const rising = Array.from({ length: count }, (_, place) => (place * 7) % 23);
  if (type === 'uint8') return Uint8Array.from(rising);
  return type === 'float16' ? Uint16Array.from(rising, (value) => float16Bits(value / 23)) : Float32Array.from(rising);
}

/** Largest difference of the numbers of all outputs. */
function difference(ours: readonly AnswerTensor[], others: readonly AnswerTensor[]): number {
  const flat = (outputs: readonly AnswerTensor[]): number[] =>
    outputs.flatMap(({ data, datatype }) => Array.from(plainNumbers(data as TensorNumbers, datatype)));
  const [a, b] = [flat(ours), flat(others)];
  assert.equal(a.length, b.length);
  return Math.max(...a.map((value, place) => Math.abs(value - (b[place] ?? Number.NaN))));
}

describe('every build of ONNX Runtime', () => {
  const isHere = new Set(['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64']);
  const wanted = onnxEngines.filter(({ id }) => id !== 'native' || isHere.has(`${process.platform}-${process.arch}`));
  let engines: readonly LoadedEngine[];
  before(async () => {
    engines = await Promise.all(wanted.map((engine) => loadEngine(silent, [engine])));
  });

  it('can be loaded', () => assert.deepEqual(engines.map(({ id }) => id), wanted.map(({ id }) => id))); // prettier-ignore

  for (const { name, graph, batch = 1 } of runs) {
    it(`gives the same answer: ${name}`, async () => {
      const shape = [batch, ...graph.shape.slice(1)];
      const data = numbersFor(graph, shape.reduce((product, size) => product * size, 1)); // prettier-ignore
      const answers: (readonly AnswerTensor[])[] = [];
      for (const engine of engines) {
        const session = await openToy(engine, graph);
        assert.deepEqual(session.input.shape, [...graph.shape]);
        answers.push(await session.run(data, shape));
        await session.release();
      }
      const [first = [], ...others] = answers;
      for (const other of others) {
        assert.deepEqual(other.map((one) => [one.name, one.datatype, one.shape]), first.map((one) => [one.name, one.datatype, one.shape])); // prettier-ignore
        assert.ok(difference(first, other) <= 1e-5, `${difference(first, other)}`);
      }
    });
  }

  it('says which input is wrong, and what is no graph, in the same words', async () => {
    const said = async (engine: LoadedEngine, graph: Buffer, input?: string): Promise<string> => {
      const files = { graph, externalData: [], name: 'toy.onnx' };
      return OnnxSession.open(engine, files, input).then(String, (error: Error) => error.message.slice(0, 34));
    };
    for (const engine of engines) {
      assert.equal(await said(engine, toyGraph({ shape: [1, 3, 4, 6], weights }).graph, 'x'), 'The graph has no input "x".');
      assert.equal(await said(engine, Buffer.from('no graph')), 'ONNX Runtime cannot load toy.onnx:');
    } // prettier-ignore
  });

  describe('for the sample', () => {
    const sessions: OnnxSession[] = [];
    before(async () => {
      const graph = await readFile(path.join(sampleFolder, 'efficientnet-lite0.onnx'));
      for (const engine of engines) {
        sessions.push(await OnnxSession.open(engine, { graph, externalData: [], name: 'sample' }, undefined));
      }
    });
    after(() => Promise.all(sessions.map((session) => session.release())));

    it('gives the same probabilities', async () => {
      const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, place) => Math.sin(place / 97) * 2);
      const [first = [], ...others] = await Promise.all(sessions.map((session) => session.run(data, [1, 3, 224, 224])));
      for (const other of others) assert.ok(difference(softmaxed(first), softmaxed(other)) <= 1e-5);
    });
  });
});

function softmaxed(outputs: readonly AnswerTensor[]): readonly AnswerTensor[] {
  return outputs.map((output) => {
    const exponentials = Array.from(output.data as Float32Array, Math.exp);
    const sum = exponentials.reduce((a, b) => a + b, 0);
    return { ...output, data: Float32Array.from(exponentials, (one) => one / sum) };
  });
}

describe('the engine', () => {
  const missing = (id: string, code: string): OnnxEngine => ({
    id,
    label: `Engine ${id}`,
    sessionOptions: () => ({}),
    externalPath: (location) => location,
    load: () => Promise.reject(Object.assign(new Error(`${id} is broken\nand more`), { code })),
  });
  const there: OnnxEngine = { ...missing('there', ''), load: () => Promise.resolve({} as never) };

  it('is the first that can be loaded, and the log says why not one before it', async () => {
    const lines: string[] = [];
    const engine = await loadEngine((line) => lines.push(line), [missing('a', 'MODULE_NOT_FOUND'), missing('b', 'ERR_DLOPEN_FAILED'), there]); // prettier-ignore
    assert.equal(engine.id, 'there');
    assert.deepEqual(lines, [
      'Engine there computes; Engine a is not there (this package of the extension is for all platforms); Engine b is not there (b is broken).',
    ]);
  });

  it('is an error where none can', async () => {
    await assert.rejects(loadEngine(silent, [missing('a', 'ERR_DLOPEN_FAILED')]), { category: 'missing-tool', message: /Engine a is not there \(a is broken\)/ }); // prettier-ignore
  });
});
