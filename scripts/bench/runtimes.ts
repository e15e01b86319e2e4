import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modelAnswer } from '../../src/inference/answers/modelAnswer.ts';
import { Connections } from '../../src/inference/client/connections.ts';
import { buildV2BinaryRequest, v2InferPath } from '../../src/kserve/protocol/v2.ts';
import { v2ServerEnvironment } from '../../test/cluster/v2Server/environment.ts';
import { PythonWorker } from '../python/pythonWorker.ts';
import { interleave, printVerdicts, type Sample, type Verdict } from './measure.ts';
import { startTriton } from './tritonProcess.ts';

const tensor = { name: 'pixels', datatype: 'FP32', shape: [1, 3, 224, 224] };
const clients = ['kserve json', 'kserve binary', 'tritonclient'] as const;
/** JSON is asked less often, as it takes so much longer. */
const requests = { ours: 400, 'kserve json': 12, 'kserve binary': 200, tritonclient: 400 } as const;
const target = { ofKServe: 2.5, ofSaturation: 0.95 };

/** Our client, and those of PyPI, with a tensor of 602 kB on a real Triton; requests a second, alternating. */
export async function benchRuntimes(runs: number): Promise<Verdict[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-bench-'));
  const triton = await startTriton(folder);
  const python = await v2ServerEnvironment((line) => console.log(line));
  const script = path.join(import.meta.dirname, 'v2_client_worker.py');
  const worker = new PythonWorker(python, script, { args: [triton.url, 'echo', 'pixels'] });
  const connections = new Connections();
  const verdicts: Verdict[] = [];
  try {
    for (const flight of [1, 8]) {
      let spent = 0;
      const ours = async (): Promise<number> => {
        const before = await computed(triton.url);
        const ms = await askMany(connections, triton.url, requests.ours, flight);
        spent += (await computed(triton.url)) - before;
        return ms / requests.ours;
      };
      const theirs = (client: (typeof clients)[number]) => async (): Promise<number> =>
        (await worker.ask<{ ms: number }>({ client, flight, requests: requests[client] })).ms / requests[client];
      await askMany(connections, triton.url, 50, flight);
      const samples = await interleave(runs, {
        ours,
        'kserve json': theirs('kserve json'),
        'kserve binary': theirs('kserve binary'),
        tritonclient: theirs('tritonclient'),
      });
      print(flight, samples);
      const ratio = samples['kserve binary'].median / samples.ours.median;
      verdicts.push({
        target: `at least ${target.ofKServe} times KServe's binary client, ${flight} in flight`,
        measured: `${ratio.toFixed(2)} times`,
        isMet: ratio >= target.ofKServe,
      });
      // What the model's one instance was busy for each request, by the server's own count: more it cannot do.
      const busy = spent / runs / requests.ours / samples.ours.median;
      console.log(`  Triton's model is busy for ${(busy * 100).toFixed(0)} % of our time, by its own /stats`);
      if (flight === 8) {
        verdicts.push({
          target: `at least ${target.ofSaturation} of the server's saturated rate, by its own /stats`,
          measured: busy.toFixed(2),
          isMet: busy >= target.ofSaturation,
        });
      }
    }
    printVerdicts(verdicts);
    return verdicts;
  } finally {
    connections.close();
    await worker.close();
    await triton.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns milliseconds for all of them */
async function askMany(connections: Connections, url: string, count: number, flight: number): Promise<number> {
  const numbers = Float32Array.from({ length: 3 * 224 * 224 }, (_, place) => Math.sin(place));
  let left = count;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const request = { endpointId: 'bench', method: 'POST', url: url + v2InferPath('echo'), headers: {}, timeoutMs: 60_000 } as const; // prettier-ignore
      const { status, body } = await connections.exchange({ ...request, ...buildV2BinaryRequest(tensor, numbers) });
      if (status !== 200 || modelAnswer(body, 'v2').tensors[0]?.data.length !== 10) throw new Error(body.slice(0, 300));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: flight }, work));
  return performance.now() - started;
}

/** Milliseconds that the model has computed so far, with taking its input and giving its output. */
async function computed(url: string): Promise<number> {
  const answer = (await (await fetch(`${url}/v2/models/echo/stats`)).json()) as {
    model_stats: [{ inference_stats: Record<string, { ns: number }> }];
  };
  const stats = answer.model_stats[0].inference_stats;
  const parts = ['compute_input', 'compute_infer', 'compute_output'];
  return parts.reduce((sum, part) => sum + (stats[part]?.ns ?? 0), 0) / 1e6;
}

function print(flight: number, samples: Readonly<Record<string, Sample>>): void {
  console.log(`\nA tensor of 602 kB to Triton 2.51, ${flight} in flight: requests a second (median, least..most)`);
  for (const [name, { median, least, most }] of Object.entries(samples)) {
    const rate = (ms: number): string => (1000 / ms).toFixed(0);
    console.log(`  ${name.padEnd(14)} ${rate(median).padStart(6)}  (${rate(most)}..${rate(least)})`);
  }
}
