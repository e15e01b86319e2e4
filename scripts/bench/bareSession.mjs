// onnxruntime-web alone in a process like the local server's: answers each message with the milliseconds of one run.
//   fork: bareSession.mjs DIST MODEL INPUT SIDE
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

const [dist, model, input, side] = process.argv.slice(2);
const ort = createRequire(`${dist}/`)('onnxruntime-web');
// As the local server has it.
ort.env.wasm.numThreads = Math.min(4, availableParallelism());
const session = await ort.InferenceSession.create(await readFile(model), { executionProviders: ['wasm'] });
const shape = [1, 3, Number(side), Number(side)];
const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, index) => Math.sin(index));
process.on('message', async () => {
  const started = performance.now();
  await session.run({ [input]: new ort.Tensor('float32', values, shape) });
  process.send(performance.now() - started);
});
process.once('disconnect', () => process.exit(0));
