import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PythonWorker } from '../../scripts/python/pythonWorker.ts';

/** Node in place of Python: it is here, and the worker only starts a program with a script. */
const program = process.execPath;

describe('a worker that answers lines', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-worker-'));
  });
  after(() => rm(folder, { recursive: true }));
  const worker = async (text: string): Promise<PythonWorker> => {
    const script = path.join(folder, 'worker.js');
    await writeFile(script, text);
    return new PythonWorker(program, script);
  };

  it('answers, and ends when it is closed', async () => {
    const echo = await worker(`process.stdin.on('data', (line) => process.stdout.write(line))`);
    assert.deepEqual(await echo.ask({ a: 1 }), { a: 1 });
    await echo.close();
  });

  it('says how it ended to who waits, and to who asks afterwards', async () => {
    const broken = await worker(`console.error('no numpy'); process.exit(3)`);
    await assert.rejects(broken.ask(1), /ended \(code 3\): no numpy/);
    await assert.rejects(broken.ask(2), /ended \(code 3\): no numpy/);
    await broken.close();
    await assert.rejects(broken.ask(3), /ended \(code 3\)/);
  });
});
