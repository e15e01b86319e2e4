import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a program that stands for a Python with TorchServe: it listens on the ports of the configuration that it is given, says
 * that its worker is ready, and answers each prediction with the same text. With it goes the store that it is started on.
 */
export async function fakeTorchServe(
  folder: string,
  prediction: string,
): Promise<{ readonly python: string; readonly storeFolder: string; readonly workFolder: string }> {
  const python = path.join(folder, 'python');
  const storeFolder = path.join(folder, 'store');
  const workFolder = path.join(folder, 'work');
  await mkdir(path.join(storeFolder, 'config'), { recursive: true });
  await mkdir(workFolder);
  await writeFile(path.join(storeFolder, 'config', 'config.properties'), 'model_snapshot={}\n');
  await writeFile(
    python,
    `#!${process.execPath}
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const config = readFileSync(process.argv.at(-1), 'utf8');
const port = (name) => Number(new RegExp(name + '_address=.*:(\\\\d+)').exec(config)[1]);
const answer = (name, text) =>
  createServer((request, response) => request.resume().on('end', () => response.end(text))).listen(port(name), '127.0.0.1');
answer('management', '[{"workers":[{"status":"READY"}]}]');
answer('inference', ${JSON.stringify(prediction)});
`,
  );
  await chmod(python, 0o755);
  return { python, storeFolder, workFolder };
}
