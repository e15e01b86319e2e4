import assert from 'node:assert/strict';
import type { ImageResult } from '../../../src/inference/endpoint.ts';
import { exchangeView, type RoutedResult } from '../../../src/panel/classify/answerViews.ts';
import { ClassifySession } from '../../../src/panel/classify/classifySession.ts';
import type { Heard, ImageInput, SessionWork } from '../../../src/panel/classify/sessionImages.ts';
import { isClassifyUpdate, type ExchangeView } from '../../../src/panel/messages/classifyMessages.ts';
import type { EndpointChoice } from '../../../src/panel/messages/classifyState.ts';

export const ready: EndpointChoice = { id: 'here/cats', label: 'cats', targetLabel: 'This computer', state: 'ready' };
export const stopped: EndpointChoice = {
  id: 'here/dogs',
  label: 'dogs',
  targetLabel: 'This computer',
  state: 'stopped',
};

export const service: EndpointChoice = {
  id: 'kserve:minikube/ml/cats',
  label: 'cats',
  targetLabel: 'ml on minikube',
  state: 'ready',
  isRemote: true,
};

export function result(label: string, value = 0.75): ImageResult {
  return {
    kind: 'probabilities',
    predictions: [{ label, value }],
    offers: [],
    assumed: [],
    classCount: 1000,
    notes: [],
    sendingNotes: [],
    answer: { values: [{ [label]: value }], tensors: [], text: '' },
    timing: { prepareMs: 1, requestMs: 2 },
    request: {
      method: 'POST',
      url: 'http://127.0.0.1:1/v1/models/cats:predict',
      headers: [],
      body: 'x'.repeat(50_000),
    },
    response: { status: 200, body: '{}' },
  };
}

export function image(
  name: string,
  read: () => Promise<Uint8Array> = () => Promise.resolve(Buffer.from(name)),
  held = 0,
): ImageInput {
  return { name, origin: 'photos', held, read };
}

/** A session whose predictions are answered by hand, and which checks each state against the contract. */
export function make(work: Partial<SessionWork> = {}): {
  readonly session: ClassifySession;
  readonly calls: {
    readonly name: string;
    readonly endpointId: string;
    readonly signal: AbortSignal;
    readonly heard: Heard;
    readonly answer: (value: RoutedResult) => void;
    readonly fail: (error: unknown) => void;
  }[];
} {
  const calls: ReturnType<typeof make>['calls'] = [];
  const session: ClassifySession = new ClassifySession(
    'panel-1',
    {
      predict: (endpointId, content, _k, signal, heard) =>
        new Promise((answer, fail) =>
          calls.push({ name: Buffer.from(content).toString(), endpointId, signal, heard, answer, fail }),
        ),
      thumbnail: () => Promise.resolve('data:image/png;base64,AAAA'),
      onChange: () => assert.ok(isClassifyUpdate({ type: 'state', state: session.state() })),
      onThumbnail: () => undefined,
      onError: () => undefined,
      ...work,
    },
    5,
  );
  return { session, calls };
}

/** All that is done is promises that are settled already: they are through when the event loop turns. */
export const settle = (): Promise<void> => new Promise((done) => setImmediate(done));
export const viewOf = (session: ClassifySession, id: string): ExchangeView | undefined => {
  const answered = session.answered(id);
  return answered && exchangeView(answered.exchange, answered.route);
};
export const outcomes = (session: ClassifySession): readonly string[] =>
  session.state().images.map(({ outcome }) => outcome.state);
