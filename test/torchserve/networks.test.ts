import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { checkPackage, detectModelFolder, packageModel } from '../../src/packaging/index.ts';
import type { ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { torchServeEnvironment } from '../../scripts/torchserve/environment.ts';
import { waitUntil } from '../waitUntil.ts';
import { sampleFolder } from '../unit/local/sampleArchive.ts';

type Answer = Readonly<Record<string, number>> & { readonly scores?: readonly number[] };

/** One TorchServe; a model comes and goes with each test. */
describe('weights of torchvision in an empty folder, in a real TorchServe', () => {
  let folder: string;
  let process_: ChildProcess;
  let inference: string;
  let management: string;
  let photo: Buffer;
  let turned: Buffer;
  let expected: Readonly<Record<string, readonly number[]>>;

  const askedOf = async (name: string, change: Partial<ModelSpec> = {}, picture = photo): Promise<Answer> => {
    const models = path.join(folder, 'models', name);
    const { suggestion } = await detectModelFolder(models);
    assert.ok(suggestion, `${name} can be packaged`);
    const spec = { ...suggestion, ...change };
    const findings = await checkPackage({ folder: models, spec });
    assert.deepEqual(findings, []);
    const archive = await packageModel({ folder: models, spec, outputFolder: path.join(folder, 'out'), force: true });
    await copyFile(archive.path, path.join(folder, 'store', `${name}.mar`));
    const registration = `${management}/models?url=${name}.mar&model_name=${name}&initial_workers=1&synchronous=true`;
    const registered = await fetch(registration, { method: 'POST' });
    const said = await registered.text();
    assert.equal(registered.status, 200, `${said}\n${await logTail()}`);
    const response = await fetch(`${inference}/predictions/${name}`, { method: 'POST', body: picture });
    const text = await response.text();
    await fetch(`${management}/models/${name}`, { method: 'DELETE' });
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Answer;
  };
  const logTail = async (): Promise<string> =>
    (await readFile(path.join(folder, 'logs', 'ts_log.log'), 'utf8').catch(() => '')).split('\n').slice(-25).join('\n');
  const near = (actual: readonly number[] | undefined, wanted: readonly number[] | undefined): void => {
    assert.equal(actual?.length, wanted?.length);
    for (const [index, value] of (wanted ?? []).entries()) {
      assert.ok(
        Math.abs((actual?.[index] ?? Number.NaN) - value) <= 1e-4,
        `${index}: ${actual?.[index]}, not ${value}`,
      );
    }
  };
  /** The numbers as the network gives them: nobody says what they mean. */
  const scores: Partial<ModelSpec> = { output: { meaning: 'unknown', activation: 'none' } };

  before(async () => {
    const python = await torchServeEnvironment((line) => console.log(line));
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-networks-'));
    await mkdir(path.join(folder, 'models'));
    await mkdir(path.join(folder, 'store'));
    const file = path.join(sampleFolder, 'photos', 'chelsea.jpg');
    execFileSync(python, ['scripts/torchserve/makeNetworks.py', path.join(folder, 'models'), file]);
    photo = await readFile(file);
    turned = await readFile(path.join(folder, 'models', 'turned.jpg'));
    expected = JSON.parse(await readFile(path.join(folder, 'models', 'expected.json'), 'utf8')) as typeof expected;
    const [first, second, third] = await freePorts(3);
    inference = `http://127.0.0.1:${first}`;
    management = `http://127.0.0.1:${second}`;
    const config = path.join(folder, 'config.properties');
    const lines = [
      `inference_address=${inference}`,
      `management_address=${management}`,
      `metrics_address=http://127.0.0.1:${third}`,
      'enable_model_api=true',
      'disable_token_authorization=true',
    ];
    const [grpc, grpcManagement] = await freePorts(2);
    lines.push(`grpc_inference_port=${grpc}`, `grpc_management_port=${grpcManagement}`);
    await writeFile(config, lines.join('\n'));
    const bin = path.dirname(python);
    const args = [
      '--start',
      '--foreground',
      '--ncs',
      '--model-store',
      path.join(folder, 'store'),
      '--ts-config',
      config,
    ];
    process_ = spawn(path.join(bin, 'torchserve'), args, {
      cwd: folder,
      env: {
        ...process.env,
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        TEMP: folder,
        LOG_LOCATION: path.join(folder, 'logs'),
      },
      stdio: 'ignore',
      detached: true,
    });
    await waitUntil('TorchServe answers', async () => {
      assert.equal(process_.exitCode, null, 'TorchServe runs');
      return (await fetch(`${inference}/ping`).catch(() => undefined))?.ok;
    });
  });
  after(async () => {
    if (process_.pid !== undefined && process_.exitCode === null) {
      const ended = once(process_, 'exit');
      // Java and its workers are in the group of the script that started them.
      process.kill(-process_.pid, 'SIGTERM');
      await ended;
      await waitUntil('Java has ended, too', () => isGone(process_.pid ?? 0));
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  const kinds: Readonly<Record<string, string>> = {
    bare: 'a state_dict',
    'data-parallel': 'a state_dict of DataParallel',
    compiled: 'a state_dict of torch.compile',
    checkpoint: 'a checkpoint of training, with the optimizer and an object of a class that is not there',
    lightning: 'a checkpoint of Lightning, with the weights of its loss',
    safetensors: 'safetensors',
    bfloat16: 'safetensors of 16-bit numbers',
    torchscript: 'TorchScript that is called .pth',
  };
  for (const [name, what] of Object.entries(kinds)) {
    it(`gives the logits of torchvision: ${what}`, async () => {
      near((await askedOf(name, scores)).scores, expected[name]);
    });
  }

  it('answers two classes without labels, the more probable one first', async () => {
    const answer = await askedOf('two-classes');
    const [a = 0, b = 0] = expected['two-classes'] ?? [];
    near([answer['0'] ?? 0, answer['1'] ?? 0], [1 / (1 + Math.exp(b - a)), 1 / (1 + Math.exp(a - b))]);
    const values = Object.values(answer) as number[];
    assert.deepEqual(
      values,
      [...values].sort((x, y) => y - x),
    );
  });

  it('answers several labels at once, each by itself', async () => {
    const labels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const answer = await askedOf('bare', { output: { meaning: 'multi-label', activation: 'sigmoid', labels } });
    near(
      labels.map((label) => answer[label] ?? Number.NaN),
      (expected['bare'] ?? []).map((logit) => 1 / (1 + Math.exp(-logit))),
    );
  });

  it('answers one number as the probability of the positive class, where the contract says so', async () => {
    const labels = ['normal', 'pneumonia'];
    const answer = await askedOf('one-number', { output: { meaning: 'binary', activation: 'sigmoid', labels } });
    const [logit = 0] = expected['one-number'] ?? [];
    near([answer['pneumonia'] ?? 0, answer['normal'] ?? 0], [1 / (1 + Math.exp(-logit)), 1 / (1 + Math.exp(logit))]);
  });

  it('turns a picture upright as its file says', async () => {
    near((await askedOf('bare', scores, turned)).scores, expected['turned']);
  });
});

/** Whether no process of the group is left. */
function isGone(group: number): boolean {
  try {
    process.kill(-group, 0);
    return false;
  } catch {
    return true;
  }
}
