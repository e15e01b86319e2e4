import type { ArchiveUpdate } from '../../src/panel/messages/archiveMessages.ts';
import type { ClassifyUpdate, ContractRowView } from '../../src/panel/messages/classifyMessages.ts';
import type { AnswerView, ClassifyState, ImageView } from '../../src/panel/messages/classifyState.ts';
import type { PlanUpdate } from '../../src/panel/messages/planMessages.ts';
import type { TryUpdate } from '../../src/panel/messages/tryMessages.ts';

/** A page as it looks with something in every part of it. */
export interface ShownPage {
  readonly title: string;
  readonly page: 'classify' | 'archive' | 'plan' | 'try';
  readonly updates: readonly (ClassifyUpdate | ArchiveUpdate | PlanUpdate | TryUpdate)[];
  /** Sent after everything that folds has been opened. */
  readonly afterOpening?: readonly ClassifyUpdate[];
}

/** A grey square. */
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR42mNoAAMGyhgAmGEQAdBgQAoAAAAASUVORK5CYII=';

const answer: AnswerView = {
  state: 'done',
  endpointLabel: 'cats',
  kind: 'probabilities',
  predictions: [
    { label: 'Egyptian cat', value: 0.338 },
    { label: 'a label that is far too long for the room that it has in a narrow panel', value: 0.0004 },
  ],
  classCount: 2,
  modelClasses: 1000,
  prepareMs: 8.2,
  requestMs: 120,
  notes: ['The image was made smaller, because the server takes at most 6.5 MB.'],
  assumed: ['output.meaning', 'input.mean'],
  offers: [{ kind: 'background-first', text: 'The first class is the background.' }],
};

const multiLabel: AnswerView = {
  ...answer,
  kind: 'multi-label',
  predictions: [
    { label: 'effusion', value: 0.98, counts: true },
    { label: 'mass', value: 0.31, counts: false },
  ],
};

const outcomes: readonly ImageView['outcome'][] = [
  answer,
  multiLabel,
  { ...answer, kind: 'binary', predictions: [{ label: 'pneumonia', value: 0.1 }] },
  { ...answer, kind: 'numbers', predictions: [{ label: 'number 0', value: -12.5 }] },
  { state: 'queued' },
  { state: 'running' },
  { state: 'warming', said: 'The model is loading.' },
  { state: 'cancelled', byReload: true },
  {
    state: 'failed',
    failure: {
      reason: 'The server wants credentials.',
      remedy: 'Set them.',
      deploymentId: 'a',
      credentialsFor: 'kserve:minikube/ml/cats',
    },
    canRetry: true,
    hasExchange: true,
  },
];

function images(list: readonly ImageView['outcome'][]): readonly ImageView[] {
  return list.map((outcome, index) => ({
    id: `image-${index}`,
    name: `scan-${index}.png`,
    origin: 'scans/2026',
    outcome,
    ...(index === 1 && { isGone: true }),
  }));
}

const state: ClassifyState = {
  panelId: 'panel-1',
  endpoint: {
    id: 'kserve:minikube/ml/cats',
    label: 'cats',
    targetLabel: 'ml — minikube',
    state: 'failed',
    reason: 'Pod cats-predictor-5f: the image cannot be pulled.',
    isRemote: true,
  },
  connection: {
    routes: [
      { kind: 'port-forward', label: 'Port forward to cats-predictor-5f' },
      { kind: 'ingress', label: 'Ingress cats.example.com', unavailable: 'it has no address' },
    ],
    route: 'port-forward',
    isOpen: true,
    models: ['cats', 'dogs'],
    model: 'cats',
    hasCredentials: true,
  },
  endpointCount: 12,
  topK: 5,
  images: images(outcomes),
  progress: { done: 17, failed: 3, total: 62 },
  history: [
    { id: 'answer-1', imageId: 'image-0', name: 'scan-0.png', at: 1_700_000_000_000, answer },
    { id: 'answer-2', imageId: 'image-1', name: 'scan-1.png', at: Date.now(), answer: multiLabel },
  ],
};

const rows: readonly ContractRowView[] = [
  { field: 'input.width', label: 'Width', value: '224', origin: 'read from the graph', assumed: false },
  { field: 'input.mean', label: 'Mean', value: '0.485, 0.456, 0.406', origin: 'assumed', assumed: true },
];

const body = { text: '{\n  "predictions": [0.1, 0.9]\n}', length: 40_000 };

export const shownPages: readonly ShownPage[] = [
  {
    title: 'classify',
    page: 'classify',
    updates: [
      { type: 'state', state },
      { type: 'thumbnail', imageId: 'image-0', url: picture },
      { type: 'thumbnail', imageId: 'image-1', url: picture },
    ],
    afterOpening: [
      {
        type: 'exchange',
        imageId: 'image-0',
        exchange: {
          method: 'POST',
          url: 'http://127.0.0.1:41233/v1/models/cats:predict',
          route: 'Port forward to cats-predictor-5f',
          headers: [{ name: 'Host', value: 'cats.example.com' }],
          request: body,
          status: 200,
          response: body,
        },
      },
      {
        type: 'comparison',
        imageId: 'image-0',
        comparison: {
          state: 'done',
          first: 'cats (This computer)',
          second: 'cats (ml — minikube)',
          verdict: 'same-class',
          isProbability: true,
          isSameOrder: false,
          common: 5,
          onlyFirst: 995,
          onlySecond: 0,
          classes: [{ label: 'Egyptian cat', first: 0.338, second: 0.3, difference: 0.038 }],
          contract: [{ label: 'Colour', first: 'red, green, blue', second: 'blue, green, red' }],
          unknownContract: [],
        },
      },
      { type: 'seen', imageId: 'image-0', seen: { url: picture, notes: ['The picture is turned upright.'], rows } },
    ],
  },
  {
    title: 'classify-many',
    page: 'classify',
    updates: [{ type: 'state', state: { ...state, images: images([...outcomes, ...outcomes]) } }],
  },
  {
    title: 'classify-empty',
    page: 'classify',
    updates: [{ type: 'state', state: { panelId: 'panel-1', endpointCount: 0, topK: 5, images: [], history: [] } }],
  },
  {
    title: 'classify-no-list',
    page: 'classify',
    updates: [
      {
        type: 'state',
        state: {
          panelId: 'panel-1',
          endpointCount: 0,
          topK: 5,
          images: [],
          history: [],
          endpointsFailure: { reason: 'minikube does not answer.', remedy: 'Start it.', credentialsFor: 'x' },
        },
      },
    ],
  },
  {
    title: 'archive',
    page: 'archive',
    updates: [
      {
        type: 'contents',
        archive: {
          name: 'resnet18.mar',
          path: '/home/ada/models/a-folder-with-a-rather-long-name/resnet18.mar',
          format: 'default',
          size: 47_000_000,
          sha256: 'a'.repeat(64),
          manifest: [{ name: 'model.modelName', value: 'resnet18' }],
          preprocessing: [{ name: 'mean', value: '[0.485, 0.456, 0.406]' }],
          labels: { count: 1000, first: ['tench', 'goldfish'] },
          entries: [
            { name: 'MAR-INF/MANIFEST.json', size: 300, compressedSize: 200, sha256: 'b'.repeat(64) },
            { name: 'resnet18.pt', size: 47_000_000, compressedSize: 46_000_000 },
          ],
          entryCount: 2,
          warnings: ['The handler is not in the archive.'],
        },
      },
    ],
  },
  {
    title: 'archive-failed',
    page: 'archive',
    updates: [{ type: 'failed', failure: { reason: 'broken.mar is cut off.', remedy: 'Copy it again.' } }],
  },
  { title: 'archive-reading', page: 'archive', updates: [{ type: 'reading' }] },
  {
    title: 'plan',
    page: 'plan',
    updates: [
      {
        type: 'state',
        state: {
          title: 'Deploy resnet18 1.0',
          target: 'minikube / ml',
          status: { state: 'planned', canDeploy: false, verdict: 'The server does not take one object.' },
          manifest: {
            text: 'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n',
            revision: 1,
            isEdited: true,
            findings: [
              { severity: 'error', message: 'There is no field "spek".', line: 1 },
              { severity: 'warning', message: 'It is not pinned.', line: 0 },
            ],
          },
          plan: {
            runtime: 'kserve-torchserve',
            reason: 'It serves PyTorch models over V1.',
            others: ['kserve-tritonserver does not serve archives.'],
            warnings: ['The claim is nearly full.'],
            objects: [
              {
                kind: 'InferenceService',
                name: 'resnet18',
                namespace: 'ml',
                action: 'change',
                isEdited: true,
                yaml: 'kind: InferenceService',
                hasLive: true,
                refusal: { reason: 'A quota forbids it.', remedy: 'Ask for more.' },
                conflicts: [{ manager: 'argocd', field: '.spec.predictor.minReplicas' }],
                removes: ['spec.predictor.nodeSelector'],
              },
              {
                kind: 'ConfigMap',
                name: 'labels',
                namespace: 'ml',
                action: 'create',
                isEdited: false,
                yaml: 'kind: ConfigMap\ndata: {}',
                hasLive: false,
                conflicts: [],
                removes: [],
              },
            ],
          },
        },
      },
    ],
  },
  {
    title: 'plan-failed',
    page: 'plan',
    updates: [
      {
        type: 'state',
        state: {
          title: 'Deploy resnet18 1.0',
          target: 'minikube / ml',
          status: { state: 'failed', failure: { reason: 'The cluster does not answer.', remedy: 'Start it.' } },
          manifest: { text: 'kind: InferenceService', revision: 1, isEdited: false, findings: [] },
        },
      },
    ],
  },
  {
    title: 'try',
    page: 'try',
    updates: [
      {
        type: 'state',
        state: {
          title: 'Try colours',
          controls: [
            {
              id: 'colour',
              label: 'Colour',
              isAssumed: true,
              chosen: 'rgb',
              options: [
                { id: 'rgb', text: 'Red, green, blue' },
                { id: 'bgr', text: 'Blue, green, red' },
              ],
            },
          ],
          rows,
          pictures: [{ id: 'orange.png', name: 'orange.png' }],
          picture: 'orange.png',
          outcome: {
            state: 'done',
            kind: 'multi-label',
            predictions: multiLabel.predictions,
            classCount: 2,
            url: picture,
            notes: ['The picture is turned upright.'],
            keeps: 'effusion',
          },
          examples: [{ image: 'orange.png', label: 'effusion' }],
        },
      },
    ],
  },
  {
    title: 'try-failed',
    page: 'try',
    updates: [
      {
        type: 'state',
        state: {
          title: 'Try colours',
          controls: [],
          rows,
          pictures: [],
          outcome: { state: 'failed', failure: { reason: 'The graph has no input.', remedy: 'Export it again.' } },
          examples: [],
        },
      },
    ],
  },
];
