import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PythonWorker } from '../python/pythonWorker.ts';
import { dist, loadBuilt, sampleFolder } from './built.ts';
import { interleave, printSamples, printVerdicts, ratioVerdict, type Verdict } from './measure.ts';

const photo = path.join(sampleFolder, 'photos', 'chelsea.jpg');
const targets = { slower: 1.3, throughput: 0.9, megabytes: 150 };
/** Pictures of one burst. */
const burst = 40;

/** JPEG files through the local server, beside onnxruntime and Pillow in one Python process that is asked nothing over HTTP. */
export async function benchLocal(python: string, runs: number): Promise<Verdict[]> {
  const { packageModel, readSpec } = loadBuilt('packaging');
  const { startServer } = loadBuilt('local');
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-bench-'));
  const spec = await readSpec(path.join(sampleFolder, 'model-deck.yaml'));
  const archive = await packageModel({ folder: sampleFolder, spec, outputFolder: folder });
  const server = await startServer({
    serverEntry: path.join(dist, 'localServer.js'),
    execPath: process.execPath,
    model: { archive: archive.path, modelName: spec.name, modelVersion: spec.version, engine: { kind: 'onnx' } },
    log: () => undefined,
  });
  const script = path.join(import.meta.dirname, 'onnx_worker.py');
  const peer = new PythonWorker(python, script, { args: [path.join(sampleFolder, spec.weights ?? ''), photo] });
  try {
    const data = (await readFile(photo)).toString('base64');
    const request = { method: 'POST', body: JSON.stringify({ instances: [{ data }] }) };
    const ours = async (clients: number): Promise<number> => {
      let left = burst;
      const started = performance.now();
      const work = async (): Promise<void> => {
        while (left-- > 0) {
          const answer = await fetch(`${server.url}/v1/models/${spec.name}:predict`, request);
          if (!answer.ok) throw new Error(await answer.text());
          await answer.arrayBuffer();
        }
      };
      await Promise.all(Array.from({ length: clients }, work));
      return (performance.now() - started) / burst;
    };
    const theirs = async (threads: number): Promise<number> =>
      (await peer.ask<{ ms: number }>({ pictures: burst, threads })).ms / burst;
    await ours(8);
    await theirs(8);
    console.log(
      `\nThe sample on a JPEG of 451 x 300 pixels, ms a picture; ${server.runtime ?? 'a build that says nothing'}`,
    );
    const one = await interleave(runs, { ours: () => ours(1), 'Python, onnxruntime and Pillow': () => theirs(1) });
    printSamples(one);
    const eight = await interleave(runs, { 'ours, 8 clients': () => ours(8), 'Python, 8 threads': () => theirs(8) });
    printSamples(eight);
    const throughput = eight['Python, 8 threads'].median / eight['ours, 8 clients'].median;
    const megabytes = residentOf(server.url);
    const verdicts = [
      ratioVerdict({ ours: one.ours, peer: one['Python, onnxruntime and Pillow'] }, targets.slower, "Python's onnxruntime with Pillow"), // prettier-ignore
      {
        target: `eight clients get at least ${targets.throughput} times the throughput of eight threads in Python`,
        measured: `${throughput.toFixed(2)} times`,
        isMet: throughput >= targets.throughput,
      },
      ...(megabytes === undefined
        ? []
        : [
            {
              target: `the server holds at most ${targets.megabytes} MB`,
              measured: `${megabytes.toFixed(0)} MB`,
              isMet: megabytes <= targets.megabytes,
            },
          ]),
    ];
    printVerdicts(verdicts);
    return verdicts;
  } finally {
    await peer.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }

  /** Megabytes of the only child that is our server; Linux says it. */
  function residentOf(url: string): number | undefined {
    if (process.platform !== 'linux') return undefined;
    const listed = execFileSync('ps', ['-o', 'rss=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
    const line = listed.split('\n').find((one) => one.includes('localServer.js'));
    if (line === undefined) throw new Error(`The process behind ${url} is not found.`);
    return (Number.parseInt(line, 10) * 1024) / 1e6;
  }
}
