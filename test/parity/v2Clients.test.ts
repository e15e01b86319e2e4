import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startServer, type RunningServer } from '../../src/local/startServer.ts';
import { v2ServerEnvironment } from '../cluster/v2Server/environment.ts';
import { startV2Server, type V2Server } from '../cluster/v2Server/startV2Server.ts';
import { packageSample, sampleFolder, serverSource } from '../unit/local/sampleArchive.ts';

const script = path.join(import.meta.dirname, '..', '..', 'scripts', 'parity', 'v2_clients.py');

type Said = Readonly<Record<string, unknown>>;

/** Largest difference between two logits of two builds of ONNX Runtime that counts as none. */
const tolerance = 1e-2;

describe("KServe's own client and Triton's, at our local server and at KServe's Python server", () => {
  let folder: string;
  let ours: RunningServer;
  let theirs: V2Server;
  let atOurs: Said;
  let atTheirs: Said;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-v2-clients-'));
    const archive = (await packageSample(folder)).path;
    const model = { archive, modelName: 'floats', modelVersion: '1.0', engine: { kind: 'onnx' } } as const;
    ours = await startServer({ ...serverSource, model, log: () => undefined });
    theirs = await startV2Server(path.join(sampleFolder, 'efficientnet-lite0.onnx'), console.log);
    const python = await v2ServerEnvironment(console.log);
    const ask = async (url: string, input: string): Promise<Said> => {
      const { stdout } = await promisify(execFile)(python, [script, url, 'floats', input, '224', '224']);
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Said;
    };
    atOurs = await ask(ours.url, 'input');
    atTheirs = await ask(theirs.url, 'floats_input');
  });
  after(async () => {
    await ours?.stop();
    await theirs?.stop();
    await rm(folder, { recursive: true });
  });

  for (const question of ['kserve live', 'kserve ready', 'kserve model ready', 'triton live', 'triton ready', 'triton model ready', 'triton other model ready']) {
    it(`is told the same: ${question}`, () => assert.deepEqual(atOurs[question], atTheirs[question]));
  } // prettier-ignore

  for (const kind of ['1 json', '1 binary', '2 json', '2 binary']) {
    it(`gets the same tensor: kserve infer ${kind}`, () => {
      const answers = [atOurs, atTheirs].map((said) => said[`kserve infer ${kind}`] as readonly unknown[]);
      const [[...mine] = [], [...other] = []] = answers;
      assertNear(mine.pop(), other.pop());
      assert.deepEqual(mine, other);
    });
  }

  for (const binary of ['json', 'binary']) {
    for (const compression of ['None', 'gzip', 'deflate']) {
      it(`gets the same tensor: triton infer ${binary}, compression ${compression}`, () => {
        const [mine, other] = [atOurs, atTheirs].map((said) => said[`triton infer ${binary} ${compression}`]);
        assert.ok(Array.isArray(mine), JSON.stringify(mine));
        // KServe's Python server answers this client only where both sides are plain bytes: ours is held against that answer.
        const right = Array.isArray(other) ? other : (atTheirs['triton infer binary None'] as unknown[]);
        assertNear(mine[1], right[1]);
        assert.equal(mine[0], right[0]);
      });
    }
  }

  it('is told by the metadata what comes back', () => {
    const { outputs } = atOurs['triton metadata'] as { outputs: { name: string; datatype: string; shape: number[] }[] };
    const [, , name, datatype, shape] = atOurs['kserve infer 2 json'] as [string, string, string, string, number[]];
    assert.deepEqual(
      outputs.map((output) => [output.name, output.datatype, output.shape.length]),
      [[name, datatype, shape.length]],
    );
  });
});

function assertNear(mine: unknown, other: unknown): void {
  assert.ok(Array.isArray(mine) && Array.isArray(other) && mine.length === other.length && mine.length > 0);
  mine.forEach((value, index) =>
    assert.ok(Math.abs(Number(value) - Number(other[index])) < tolerance, `${mine.join()} / ${other.join()}`),
  );
}
