import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ImageInput } from '../../src/contract/modelContract.ts';
import { deployModel } from '../../src/deploy/index.ts';
import { asPython, EndpointClient, predict, type Endpoint, type ImageResult } from '../../src/inference/index.ts';
import { FolderStore } from '../../src/stores/index.ts';
import type { ThisComputer } from '../../src/targets/index.ts';
import { openThisComputer } from '../unit/targets/openThisComputer.ts';
import { uncovered, type MatrixCase } from './matrixCases.ts';
import {
  assertSame,
  Largest,
  largestDifference,
  MatrixPeer,
  ranked,
  someAtATime,
  visible,
  type Probabilities,
} from './matrixPeer.ts';

describe('one picture has one answer: this computer, "Copy as Python" and onnxruntime in Python', () => {
  let peer: MatrixPeer;
  let store: FolderStore;
  let target: ThisComputer;
  before(async () => {
    peer = await MatrixPeer.start();
    store = new FolderStore(path.join(peer.folder, 'store'));
    target = await openThisComputer(path.join(peer.folder, 'state'));
  });
  after(async () => {
    await target?.dispose();
    await peer?.stop();
  });

  it('covers every two values of all axes, and every three of type, layout, colour and resize', () => {
    assert.deepEqual(uncovered(peer.cases), []);
    assert.ok(peer.cases.length >= 40);
  });

  it('shows a wrong colour, resize, filter or mean in every model', async (context) => {
    let least = Infinity;
    for (const one of peer.cases) {
      for (const change of wrongInputs(one.input)) {
        const differences: number[] = [];
        for (const picture of peer.pictures) {
          differences.push(
            largestDifference(await peer.expected(one, picture, change), await peer.expected(one, picture)),
          );
        }
        const seen = Math.max(...differences);
        assert.ok(seen > visible, `${one.name} with ${JSON.stringify(change)}: ${seen}`);
        least = Math.min(least, seen);
      }
    }
    context.diagnostic(`the wrong step that shows least changes a probability by ${least.toExponential(1)}`);
  });

  it('is the same in all of them', async (context) => {
    const largest = new Largest();
    const wrong: string[] = [];
    await someAtATime(peer.cases, 2, async (one) => {
      try {
        const endpoint = await deployed(one);
        for (const picture of peer.pictures) {
          const expected = await peer.expected(one, picture);
          const name = path.basename(picture);
          for (const [where, answer] of [
            ...(await ofPictureFile(one, endpoint, picture)),
            ...(await ofTensor(one, endpoint, picture)),
          ]) {
            largest.note(where, one, assertSame(answer, expected, `${name}, ${where}`));
          }
        }
        await target.remove(endpoint.id);
      } catch (error) {
        wrong.push(`${one.name}: ${String(error)}`);
      }
    });
    for (const line of largest.lines()) context.diagnostic(`largest difference, ${line}`);
    assert.deepEqual(wrong, []);
  });

  async function deployed(one: MatrixCase): Promise<Endpoint> {
    const { name } = one;
    await deployModel({ modelPackage: await peer.packaged(one), store, target, name, protocol: 'v1' });
    return target.endpoint(`this-computer/${name}`);
  }

  /** As the panel asks this computer, and as its script does. */
  async function ofPictureFile(one: MatrixCase, endpoint: Endpoint, picture: string): Promise<Answers> {
    const panel = await predict({ endpoint, image: await readFile(picture), k: 10 });
    const copied = await peer.run<{ predictions: Record<string, number>[] }>(asPython(endpoint, picture));
    return [
      ['the panel, picture file', byLabel(one, panel)],
      ['Copy as Python, picture file', ranked(Object.entries(copied.predictions[0] ?? {}))],
    ];
  }

  /** As they ask a server that takes tensors only; one that wants several pictures at once gets the same one as often. */
  async function ofTensor(one: MatrixCase, endpoint: Endpoint, picture: string): Promise<Answers> {
    const client = new EndpointClient({ ...endpoint, protocol: 'v2' }, { isRemote: true });
    try {
      const panel = byLabel(one, await client.predict({ image: await readFile(picture), k: 10 }));
      const input = await client.knownInput();
      assert.equal(input?.kind, 'tensor');
      const copied = await peer.run<V2Answer>(asPython(client.askedEndpoint, picture, input));
      const all = copied.outputs.find(({ name }) => name === one.output.name)?.data ?? [];
      const { batch } = one.input;
      const numbers = all.slice(0, batch === 'free' ? all.length : all.length / batch);
      return [
        ['the panel, tensor', panel],
        ['Copy as Python, tensor', ranked([...(await peer.meaningOf(one, numbers))])],
      ];
    } finally {
      client.close();
    }
  }
});

/** Probabilities, the largest first, by the way in which they were asked for. */
type Answers = readonly (readonly [string, Probabilities])[];

interface V2Answer {
  readonly outputs: readonly { readonly name: string; readonly data: readonly number[] }[];
}

/** A binary answer is shown as the probability of the positive class alone. */
function byLabel({ output }: MatrixCase, { predictions }: ImageResult): Probabilities {
  const shown = predictions.map(({ label = '', value = NaN }): [string, number] => [label, value]);
  const [positive] = shown;
  if (output.meaning !== 'binary' || shown.length !== 1 || positive === undefined) return new Map(shown);
  return ranked([positive, [output.labels[0] ?? '', 1 - positive[1]]]);
}

/** The input with one step wrong, each in turn. */
function wrongInputs({ colour, resize, interpolation, width, height, mean }: ImageInput): Partial<ImageInput>[] {
  const exact = { method: 'exact', width, height } as const;
  return [
    ...(colour === 'grey' ? [] : [{ colour: colour === 'rgb' ? ('bgr' as const) : ('rgb' as const) }]),
    { resize: resize.method === 'exact' ? ({ method: 'letterbox', fill: 114 } as const) : exact },
    { interpolation: interpolation === 'bilinear' ? 'bicubic' : 'bilinear' },
    ...(mean.some((value) => value !== 0) ? [{ mean: mean.map(() => 0) }] : []),
  ];
}
