import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose, type Diagnosis, type LogTail } from '../../../src/kserve/index.ts';
import type { ContainerStatus } from '../../../src/kserve/resources/core.ts';
import { log, torchServeLog } from './diagnosisCases/case.ts';
import * as a from './objects.ts';

const bindFailure = 'java.io.IOException: Failed to bind to address: http://0.0.0.0:8085\n';
const missingModule = "Traceback (most recent call last):\nModuleNotFoundError: No module named 'pandas'\n";
const failedOnce = { exitCode: 1, reason: 'Error' };

/** Fails for the first time, and waits for its second start. */
const downOnce: ContainerStatus = { ...a.crashing(1), restartCount: 0 };
const downTwice: ContainerStatus = { ...a.crashing(1), restartCount: 1 };
const downOften: ContainerStatus = { ...a.crashing(1), restartCount: 2 };
const upAgain: ContainerStatus = { ...a.running(false), restartCount: 1, lastState: { terminated: failedOnce } };

function judged(status: ContainerStatus, logs: readonly LogTail[], image?: string): Diagnosis | undefined {
  return diagnose(a.evidence({ pods: [a.podOfOne(status, image)], logs }));
}

describe('The lives of a container', () => {
  const before = log(bindFailure, { previous: true });

  it('may pass, and does so with the next start, as long as it has not failed three times', () => {
    assert.equal(judged(downOnce, [before])?.mayHeal, 'restart');
    assert.equal(judged(downTwice, [before])?.mayHeal, 'restart');
    assert.equal(judged(downOften, [before])?.mayHeal, 'retry');
  });

  it('is final at once where the cause stays as it is', () => {
    const { code, mayHeal } = judged(downOnce, [log(missingModule, { previous: true })]) ?? {};
    assert.deepEqual([code, mayHeal], ['module-missing', false]);
  });

  it('is not final after one end that nothing explains', () => {
    assert.equal(judged(downOnce, [])?.mayHeal, 'restart');
    assert.equal(judged(downTwice, [])?.mayHeal, false);
    assert.equal(judged({ ...downOnce, lastState: { terminated: { exitCode: 127 } } }, [])?.mayHeal, false);
  });

  it('does not decide over a container that runs again: it only warns', () => {
    const found = judged(upAgain, [before, log('Loading the model.\n')]);
    assert.equal(found?.severity, 'warning');
    assert.match(
      found.summary,
      /^The container kserve-container of resnet18 failed, was started again, and is not ready yet\. The last failure: TorchServe of resnet18 cannot listen/,
    );
  });

  it('tells what the present life fails of, not what an earlier one did', () => {
    const worker = log(torchServeLog('library-missing'), { part: 'beginning' });
    const found = judged(upAgain, [before, worker]);
    assert.deepEqual([found?.code, found?.severity], ['module-missing', 'error']);
    const ended = { ...a.running(false), restartCount: 1, state: { terminated: failedOnce } };
    assert.equal(judged(ended, [before, log(missingModule)])?.code, 'module-missing');
  });

  it('warns of a storage initializer that fetches again', () => {
    const init: ContainerStatus = { ...upAgain, name: 'storage-initializer' };
    const pod = a.pod(a.onNode([a.waiting('PodInitializing')], [init]), { uri: 's3', spec: { nodeName: 'one' } });
    assert.equal(diagnose(a.evidence({ pods: [pod], logs: [] }))?.severity, 'warning');
  });
});

describe('Lines of a log that are no cause', () => {
  const down = (text: string, over: Partial<ContainerStatus> = {}): Diagnosis | undefined =>
    judged({ ...a.crashing(1), ...over }, [log(text, { previous: true, container: over.name ?? 'kserve-container' })]);

  it('an optional library that is missing, before the error that ends the program', () => {
    const found = down(
      `${missingModule}proceeding without pandas\nTraceback (most recent call last):\nValueError: no such layer\n`,
    );
    assert.equal(found?.code, 'crash-loop');
    assert.match(found.summary, /ValueError: no such layer/);
  });

  it('but a missing library that the last error follows from', () => {
    const text = `${missingModule}\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\nRuntimeError: cannot start\n`;
    assert.equal(down(text)?.code, 'module-missing');
  });

  it('a missing library of a program that was ended from outside', () => {
    const killed = { ...a.crashing(137), restartCount: 3 };
    assert.equal(judged(killed, [log(`${missingModule}Loading: 40 %\n`, { previous: true })])?.code, 'crash-loop');
  });

  it('JSON that something else than the wrapper could not read', () => {
    const found = down(
      'Traceback (most recent call last):\njson.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n',
    );
    assert.equal(found?.code, 'crash-loop');
  });

  it('what the proxy of a mesh writes', () => {
    const found = down('Failed to bind to address: http://0.0.0.0:15090\n', { name: 'istio-proxy' });
    assert.equal(found?.code, 'crash-loop');
    assert.match(found.summary, /istio-proxy/);
  });

  it('what TorchServe would mean by it, in another server', () => {
    const text = 'java.io.IOException: Failed to bind to address: http://0.0.0.0:8085 (Address already in use)\n';
    const found = judged(a.crashing(1), [log(text, { previous: true })], 'docker.io/seldonio/mlserver:1.7.1');
    assert.equal(found?.code, 'port-in-use');
    assert.doesNotMatch(found.summary + found.remedy, /TorchServe|config\.properties/);
  });
});

describe('A worker that failed', () => {
  const died = (more: string): LogTail =>
    log(`2026-10-01T10:00:30,128 [INFO ] W-9000-resnet18_1.0-stdout MODEL_LOG - Backend worker process died.\n${more}`);

  it('and is started again only warns, unless the log names what stays as it is', () => {
    const again =
      '2026-10-01T10:00:31,128 [DEBUG] W-9000-resnet18_1.0 org.pytorch.serve.wlm.WorkerThread - W-9000-resnet18_1.0 State change WORKER_STOPPED -> WORKER_STARTED\n';
    assert.equal(judged(a.running(false), [died('')])?.severity, 'error');
    assert.equal(judged(a.running(false), [died(again)])?.severity, 'warning');
    assert.equal(
      judged(a.running(false), [died(`ModuleNotFoundError: No module named 'pandas'\n${again}`)])?.severity,
      'error',
    );
  });
});
