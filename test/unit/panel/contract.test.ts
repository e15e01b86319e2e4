import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isArchiveRequest, isArchiveUpdate, type ArchiveView } from '../../../src/panel/messages/archiveMessages.ts';
import {
  isClassifyRequest,
  isClassifyUpdate,
  isImageUrl,
  isSavedClassifyState,
  largestImage,
} from '../../../src/panel/messages/classifyMessages.ts';
import type { ClassifyState } from '../../../src/panel/messages/classifyState.ts';

const answer = {
  state: 'done',
  endpointLabel: 'resnet18',
  kind: 'probabilities',
  predictions: [{ label: '<img src=x onerror=alert(1)>', value: 0.5 }],
  assumed: ['input.mean'],
  offers: [{ kind: 'binary', text: 'The number is the probability of "cat".' }],
  classCount: 1000,
  prepareMs: 12.5,
  requestMs: 30,
} as const;

const state: ClassifyState = {
  panelId: 'panel-1',
  endpoint: { id: 'here/resnet18', label: 'resnet18', targetLabel: 'This computer', state: 'ready' },
  endpointCount: 1,
  connection: {
    routes: [
      { kind: 'port-forward', label: 'Port forward to resnet18-predictor-5f' },
      { kind: 'ingress', label: 'Ingress', unavailable: 'it has no address' },
    ],
    route: 'port-forward',
    isOpen: true,
    models: ['resnet18', 'mnist'],
    model: 'resnet18',
    hasCredentials: true,
  },
  topK: 5,
  images: [
    { id: 'image-1', name: 'cat.jpg', origin: 'photos', outcome: answer },
    { id: 'image-2', name: 'dog.jpg', origin: 'photos', outcome: { state: 'queued' } },
    { id: 'image-4', name: 'cow.jpg', origin: 'photos', outcome: { state: 'warming', said: 'not ready' } },
    {
      id: 'image-3',
      name: 'cut.jpg',
      origin: 'photos',
      outcome: { state: 'failed', failure: { reason: 'cut off', remedy: 'Save it again.' }, canRetry: true },
    },
  ],
  history: [{ id: 'answer-1', imageId: 'image-1', name: 'cat.jpg', at: 1_700_000_000_000, answer }],
};

describe('messages of the classify page', () => {
  it('are taken when they are in the contract', () => {
    const good: readonly unknown[] = [
      { type: 'ready' },
      { type: 'set-top-k', topK: 20 },
      { type: 'add-file', name: 'cat.jpg', content: new ArrayBuffer(8) },
      { type: 'add-file', name: 'cat.jpg', content: new Uint8Array(8) },
      { type: 'refuse-file', name: 'huge.tif', size: 1e12, why: 'too-large' },
      { type: 'classify', ids: ['image-1', 'image-2'] },
      { type: 'copy', id: 'image-1', as: 'curl' },
      { type: 'choose-endpoint' },
      { type: 'select-route', id: 'kserve:minikube/ml/cats', route: 'ingress' },
      { type: 'select-model', id: 'kserve:minikube/ml/cats', model: 'resnet18' },
      { type: 'disconnect', id: 'kserve:minikube/ml/cats' },
      { type: 'set-credentials', id: 'kserve:minikube/ml/cats' },
    ];
    for (const message of good) assert.equal(isClassifyRequest(message), true, JSON.stringify(message));
  });

  it('are dropped when hostile', () => {
    const hostile: readonly unknown[] = [
      undefined,
      null,
      'ready',
      42,
      [],
      ['ready'],
      {},
      { type: 'constructor' },
      { type: '__proto__' },
      { type: 'toString' },
      { type: ['ready'] },
      Object.create({ type: 'ready' }),
      { type: 'ready', extra: 1 },
      { type: 'executeCommand', command: 'workbench.action.terminal.new' },
      { type: 'set-top-k', topK: 0 },
      { type: 'set-top-k', topK: 21 },
      { type: 'set-top-k', topK: 2.5 },
      { type: 'set-top-k', topK: '5' },
      { type: 'set-top-k', topK: Number.NaN },
      { type: 'select-endpoint' },
      { type: 'select-endpoint', id: { toString: () => 'x' } },
      { type: 'select-endpoint', id: 'x'.repeat(501) },
      { type: 'add-file', name: 'cat.jpg', content: 'base64' },
      { type: 'add-file', name: 'cat.jpg', content: { byteLength: 3 } },
      { type: 'add-file', name: 'cat.jpg', content: [1, 2, 3] },
      { type: 'add-file', name: 'x'.repeat(1025), content: new ArrayBuffer(1) },
      { type: 'add-file', name: 'big.jpg', content: new ArrayBuffer(largestImage + 1) },
      { type: 'add-uris', uris: 'file:///etc/passwd' },
      { type: 'add-uris', uris: Array.from({ length: 1001 }, () => 'file:///x') },
      { type: 'classify', ids: [1] },
      { type: 'copy', id: 'image-1', as: 'powershell' },
      { type: 'choose-endpoint', id: 'kserve:minikube/ml/cats' },
      { type: 'select-route', id: 'kserve:minikube/ml/cats' },
      { type: 'select-route', id: 'kserve:minikube/ml/cats', route: 'x'.repeat(41) },
      { type: 'select-model', id: 'kserve:minikube/ml/cats', model: ['a'] },
      { type: 'set-credentials', id: 'kserve:minikube/ml/cats', token: 'Bearer x' },
      { type: 'disconnect' },
    ];
    for (const message of hostile)
      assert.equal(isClassifyRequest(message), false, JSON.stringify(message)?.slice(0, 80));
  });

  it('carry a whole state, and refuse one with any field wrong', () => {
    assert.equal(isClassifyUpdate({ type: 'state', state }), true);
    const wrong: readonly unknown[] = [
      { ...state, topK: 'five' },
      { ...state, images: {} },
      { ...state, html: '<b>' },
      { ...state, endpoint: { ...state.endpoint, state: 'hacked' } },
      {
        ...state,
        images: [{ ...state.images[0], outcome: { ...answer, predictions: [{ label: 1, value: 1 }] } }],
      },
      { ...state, images: [{ ...state.images[0], outcome: { state: 'failed' } }] },
      { ...state, history: [{ ...state.history[0], at: -1 }] },
      { ...state, connection: { ...state.connection, headers: { Authorization: 'Bearer x' } } },
      { ...state, connection: { ...state.connection, routes: [{ kind: 'ingress' }] } },
      { ...state, connection: { ...state.connection, models: 'resnet18' } },
      { ...state, endpointCount: -1 },
      { ...state, images: [{ ...state.images[0], outcome: { state: 'warming', said: {} } }] },
    ];
    for (const one of wrong) assert.equal(isClassifyUpdate({ type: 'state', state: one }), false, JSON.stringify(one));
  });

  it('show raster images only', () => {
    assert.equal(isImageUrl('data:image/png;base64,AAAA'), true);
    for (const url of [
      'data:image/svg+xml;base64,AAAA',
      'data:text/html;base64,AAAA',
      'https://example.test/x.png',
      'javascript:alert(1)',
      ' data:image/png;base64,AAAA',
      7,
    ])
      assert.equal(isImageUrl(url), false, String(url));
  });

  it('restore only a state that the page could have saved', () => {
    assert.equal(isSavedClassifyState({ topK: 3 }), true);
    assert.equal(isSavedClassifyState({ topK: 3, endpointId: 'here/resnet18' }), true);
    for (const saved of [undefined, {}, { topK: 99 }, { topK: 3, endpointId: 4 }, { topK: 3, more: true }])
      assert.equal(isSavedClassifyState(saved), false);
  });
});

describe('messages of the archive page', () => {
  const archive: ArchiveView = {
    name: 'resnet18.mar',
    path: '/models/resnet18.mar',
    format: 'default',
    size: 1,
    manifest: [{ name: 'model.modelName', value: 'resnet18' }],
    preprocessing: [],
    entries: [{ name: 'model.onnx', size: 2, compressedSize: 1 }],
    entryCount: 1,
    warnings: [],
  };

  it('are taken when they are in the contract', () => {
    assert.equal(isArchiveUpdate({ type: 'contents', archive }), true);
    assert.equal(isArchiveUpdate({ type: 'failed', failure: { reason: 'cut off' } }), true);
    assert.equal(isArchiveRequest({ type: 'copy-sha256', sha256: 'a'.repeat(64) }), true);
  });

  it('are dropped when hostile', () => {
    assert.equal(isArchiveRequest({ type: 'copy-sha256', sha256: 'rm -rf /' }), false);
    assert.equal(isArchiveRequest({ type: 'deploy', path: '/etc' }), false);
    assert.equal(isArchiveUpdate({ type: 'contents', archive: { ...archive, size: -1 } }), false);
    assert.equal(isArchiveUpdate({ type: 'contents', archive: { ...archive, entries: [{ name: 'x' }] } }), false);
  });
});
