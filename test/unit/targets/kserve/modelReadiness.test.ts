import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askModel, listModels, type ModelAnswer } from '../../../../src/targets/kserve/serve/modelReadiness.ts';
import { torchServe } from '../../../../src/kserve/servers/torchServe.ts';
import { fakeServer } from './fakeKServe.ts';

type Answers = Readonly<Record<string, readonly [number, unknown]>>;

/** What is concluded of a server that has these answers; a path of another one gets 404. */
async function conclude(protocol: 'v1' | 'v2', answers: Answers, modelName = 'cats'): Promise<ModelAnswer> {
  const server = await fakeServer((path) => {
    const [status, body] = answers[path] ?? [404, { error: 'Not Found' }];
    return { status, body };
  });
  try {
    return await askModel({ baseUrl: server.url, protocol, modelName });
  } finally {
    server.close();
  }
}

describe('asking a server for its model', () => {
  const cases: readonly (readonly [string, 'v1' | 'v2', Answers, Partial<ModelAnswer>])[] = [
    ['KServe, loaded', 'v1', { '/v1/models/cats': [200, { name: 'cats', ready: true }] }, { kind: 'ready' }],
    ['an old KServe', 'v1', { '/v1/models/cats': [200, { name: 'cats', ready: 'True' }] }, { kind: 'ready' }],
    ['KServe, loading', 'v1', { '/v1/models/cats': [200, { ready: false }] }, { kind: 'loading' }],
    [
      'KServe, not ready',
      'v1',
      { '/v1/models/cats': [503, { error: 'Model with name cats is not ready.' }] },
      { kind: 'loading', reason: 'Model with name cats is not ready.' },
    ],
    [
      'a model of another name',
      'v1',
      { '/v1/models': [200, { models: ['lions'] }], '/v1/models/lions': [200, { ready: true }] },
      { kind: 'ready', modelName: 'lions' },
    ],
    [
      'several others',
      'v1',
      { '/v1/models': [200, { models: ['lions', 'tigers'] }] },
      { kind: 'loading', reason: 'The server knows lions, tigers, and no cats yet.' },
    ],
    ['none yet', 'v1', { '/v1/models': [200, { models: [] }] }, { kind: 'loading' }],
    [
      'TensorFlow Serving',
      'v1',
      { '/v1/models/cats': [200, { model_version_status: [{ version: '3', state: 'AVAILABLE' }] }] },
      { kind: 'ready', versions: ['3'] },
    ],
    [
      'TensorFlow Serving, loading',
      'v1',
      { '/v1/models/cats': [200, { model_version_status: [{ version: '3', state: 'LOADING' }] }] },
      { kind: 'loading' },
    ],
    ['plain TorchServe', 'v1', { '/ping': [200, { status: 'Healthy' }] }, { kind: 'mute' }],
    ['plain TorchServe, unwell', 'v1', { '/ping': [200, { status: 'Partial Healthy' }] }, { kind: 'loading' }],
    ['a container of its own', 'v1', {}, { kind: 'mute' }],
    [
      'V2 with versions',
      'v2',
      { '/v2/models/cats/ready': [200, { ready: true }], '/v2/models/cats': [200, { name: 'cats', versions: ['2'] }] },
      { kind: 'ready', versions: ['2'] },
    ],
    ['Triton says nothing', 'v2', { '/v2/models/cats/ready': [200, ''] }, { kind: 'ready', versions: [] }],
    [
      'Triton says why it could not load it',
      'v2',
      {
        '/v2/models/cats/ready': [400, ''],
        '/v2/repository/index': [200, [{ name: 'cats', version: '1', state: 'UNAVAILABLE', reason: 'Internal: odd' }]],
      },
      { kind: 'refused', reason: 'Internal: odd' },
    ],
    [
      'Triton still loads it',
      'v2',
      {
        '/v2/models/cats/ready': [400, ''],
        '/v2/repository/index': [200, [{ name: 'cats', version: '1', state: 'LOADING' }]],
      },
      { kind: 'loading' },
    ],
    [
      'Triton has unloaded it on demand',
      'v2',
      {
        '/v2/models/cats/ready': [400, ''],
        '/v2/repository/index': [200, [{ name: 'cats', version: '1', state: 'UNAVAILABLE', reason: 'unloaded' }]],
      },
      { kind: 'loading' },
    ],
    [
      'Triton could not load another one',
      'v2',
      {
        '/v2/models/cats/ready': [503, ''],
        '/v2/repository/index': [
          200,
          [
            { name: 'lions', version: '1', state: 'UNAVAILABLE', reason: 'Internal: odd' },
            { name: 'cats', version: '1', state: 'LOADING' },
          ],
        ],
      },
      { kind: 'loading' },
    ],
    [
      'Triton does not know it',
      'v2',
      { '/v2/models/cats/ready': [400, ''], '/v2/repository/index': [200, []] },
      { kind: 'loading' },
    ],
  ];
  for (const [name, protocol, answers, expected] of cases) {
    it(name, async () => {
      const answer = await conclude(protocol, answers);
      assert.deepEqual({ ...answer, ...expected }, answer);
    });
  }

  it('a server that does not answer is silent; one that never ends is, too', async () => {
    const { url, close } = await fakeServer(() => ({ body: 'x'.repeat(3 << 20) }));
    assert.deepEqual(await askModel({ baseUrl: url, protocol: 'v1', modelName: 'cats' }), { kind: 'silent' });
    close();
    assert.deepEqual(await askModel({ baseUrl: url, protocol: 'v1', modelName: 'cats' }), { kind: 'silent' });
    assert.equal(await listModels({ baseUrl: url, protocol: 'v2' }), undefined);
  });
});

describe("TorchServe's log", () => {
  const line = (words: string): string => `W-9000-cats_1.0 State change ${words}\n`;
  const started = line('null -> WORKER_STARTED');
  const loaded = line('WORKER_STARTED -> WORKER_MODEL_LOADED');
  const died = `Backend worker process died.\n${line('WORKER_STARTED -> WORKER_STOPPED')}`;
  it('tells whether a worker has the model', () => {
    assert.equal(torchServe.workersIn?.(''), 'unknown');
    assert.equal(torchServe.workersIn?.('INFO: Uvicorn running'), 'unknown');
    assert.equal(torchServe.workersIn?.(started), 'loading');
    assert.equal(torchServe.workersIn?.(started + loaded), 'loaded');
    assert.equal(torchServe.workersIn?.(started + died), 'failed');
    assert.equal(torchServe.workersIn?.(started + died + started), 'retrying');
    assert.equal(torchServe.workersIn?.(started + died + started + loaded), 'loaded');
  });
});
