import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Endpoint } from '../../src/inference/index.ts';
import { dist, loadBuilt, sampleFolder } from './built.ts';
import { interleave, printSamples, printVerdicts, timed } from './measure.ts';
import type { Verdict } from './measure.ts';

/** Most that the panel's path may add to the bare call, in milliseconds. */
const mostOverhead = 15;

/**
 * One prediction the panel's way (prepare, HTTP, decode, preprocess, run, read) and the bare onnxruntime call on a tensor
 * that is there already. Both servers are warm; the photo is in memory.
 */
export async function benchPrediction(runs: number): Promise<Verdict[]> {
  const { packageModel, readSpec } = loadBuilt('packaging');
  const { startServer } = loadBuilt('local');
  const { EndpointClient } = loadBuilt('inference');
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-bench-'));
  const spec = await readSpec(path.join(sampleFolder, 'model-deck.yaml'));
  const { inputName = '', crop = 0 } = spec.preprocessing ?? {};
  const archive = await packageModel({ folder: sampleFolder, spec, outputFolder: folder });
  const server = await startServer({
    serverEntry: path.join(dist, 'localServer.js'),
    execPath: process.execPath,
    model: { archive: archive.path, modelName: spec.name, modelVersion: spec.version, engine: { kind: 'onnx' } },
    log: () => undefined,
  });
  const model = path.join(sampleFolder, spec.weights ?? '');
  const bare = fork(path.join(import.meta.dirname, 'bareSession.mjs'), [dist, model, inputName, String(crop)], {
    execArgv: [],
  });
  const ended = once(bare, 'exit');
  let panelClient: InstanceType<typeof EndpointClient> | undefined;
  try {
    const endpoint: Endpoint = {
      id: 'bench',
      label: spec.name,
      targetLabel: 'This computer',
      baseUrl: server.url,
      modelName: spec.name,
      protocol: 'v1',
      maxRequestBytes: 6_553_500,
      imageEncoding: 'rgb-jpeg-or-png',
      ...(server.labels && { labels: server.labels }),
    };
    // As in the panel: one for all images, with its connections.
    const client = (panelClient = new EndpointClient(endpoint));
    const image = await readFile(path.join(sampleFolder, 'photos', 'chelsea.jpg'));
    const prepare: number[] = [];
    const panel = async (): Promise<void> => {
      const { timing } = await client.predict({ image, k: 5 });
      prepare.push(timing.prepareMs);
    };
    const bareRun = async (): Promise<number> => {
      bare.send('run');
      const [answer] = (await Promise.race([once(bare, 'message'), ended.then(() => ['ended'])])) as [unknown];
      if (typeof answer !== 'number') throw new Error('bareSession.mjs ended');
      return answer;
    };
    for (let warm = 0; warm < 5; warm++) {
      await panel();
      await bareRun();
    }
    prepare.length = 0;
    const samples = await interleave(runs, {
      "the panel's path": () => timed(panel),
      'bare onnxruntime call': bareRun,
    });
    console.log('\nOne prediction of the sample (EfficientNet-Lite0, a photo of 451 x 300 pixels)');
    printSamples(samples);
    prepare.sort((a, b) => a - b);
    console.log(`  of the panel's path, preparing the image: ${(prepare[prepare.length >> 1] ?? 0).toFixed(1)} ms`);
    const overhead = samples["the panel's path"].median - samples['bare onnxruntime call'].median;
    const verdict = {
      target: `the panel's path adds less than ${mostOverhead} ms to the bare call (medians)`,
      measured: `${overhead.toFixed(1)} ms`,
      isMet: overhead < mostOverhead,
    };
    printVerdicts([verdict]);
    return [verdict];
  } finally {
    panelClient?.close();
    if (bare.connected) bare.disconnect();
    await ended;
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
