import { isFailure, longestSentence, type Failure } from './shownFailure.ts';
import { integer, list, oneOf, only, record, text, variant, type Check } from './validate.ts';

/** What the page shows before a deploy: everything that will be made or changed, and what the cluster says to it. */
export interface PlanState {
  /** For example `Deploy resnet18 1.0`. */
  readonly title: string;
  /** For example `minikube / ml`. */
  readonly target: string;
  readonly status: PlanStatus;
  /** The InferenceService that can be edited. */
  readonly manifest: ManifestView;
  /** The newest plan that could be made; it stays while another one is being made. */
  readonly plan?: PlanView;
  /** Whether fields of others are taken; left out while the user has not chosen. */
  readonly conflictChoice?: 'take' | 'leave';
}

export type PlanStatus =
  | { readonly state: 'planning' }
  /** `verdict`: one sentence. */
  | { readonly state: 'planned'; readonly canDeploy: boolean; readonly verdict: string }
  | { readonly state: 'failed'; readonly failure: Failure };

export interface ManifestView {
  readonly text: string;
  /** Counts the changes that did not come from the page: with another number, the page shows this text. */
  readonly revision: number;
  readonly isEdited: boolean;
  readonly findings: readonly FindingView[];
}

export interface FindingView {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Zero-based. */
  readonly line: number;
}

export interface PlanView {
  readonly runtime: string;
  /** One sentence. */
  readonly reason: string;
  /** One sentence for each runtime that KServe would not take. */
  readonly others: readonly string[];
  readonly warnings: readonly string[];
  readonly objects: readonly ObjectView[];
}

export interface ObjectView {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly action: 'create' | 'change' | 'unchanged';
  /** Whether this is the one whose manifest is edited. */
  readonly isEdited: boolean;
  readonly yaml: string;
  readonly hasLive: boolean;
  /** Fields that are in the cluster now and would be taken away. */
  readonly removes: readonly string[];
  /** What the server said against it; left out when it would take it. */
  readonly refusal?: Failure;
  readonly conflicts: readonly ConflictView[];
}

export interface ConflictView {
  readonly manager: string;
  readonly field: string;
}

/** From the host to the page. */
export type PlanUpdate = { readonly type: 'state'; readonly state: PlanState };

/** From the page to the host. */
export type PlanRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'edit'; readonly text: string }
  /** Takes the user's edits back. */
  | { readonly type: 'reset' }
  | { readonly type: 'open-document' }
  | { readonly type: 'show-difference'; readonly index: number }
  | { readonly type: 'conflicts'; readonly choice: 'take' | 'leave' }
  | { readonly type: 'plan-again' }
  | { readonly type: 'deploy' }
  | { readonly type: 'change-answers' }
  | { readonly type: 'cancel' };

/** In UTF-16 units: an object has to fit into etcd's 1.5 MB. */
export const longestManifest = 1 << 20;
export const mostObjects = 50;
export const mostSentences = 200;
const longestName = 300;

const isName = text(longestName);
const isSentence = text(longestSentence);
const isManifestText = text(longestManifest);
const isFlag: Check<boolean> = (value) => typeof value === 'boolean';

const isStatus = variant<'state', PlanStatus>('state', {
  planning: record({ state: oneOf('planning') }),
  planned: record<Extract<PlanStatus, { state: 'planned' }>>({
    state: oneOf('planned'),
    canDeploy: isFlag,
    verdict: isSentence,
  }),
  failed: record({ state: oneOf('failed'), failure: isFailure }),
});

const isObject = record<ObjectView>(
  {
    kind: isName,
    name: isName,
    namespace: isName,
    action: oneOf('create', 'change', 'unchanged'),
    isEdited: isFlag,
    yaml: isManifestText,
    hasLive: isFlag,
    removes: list(isName, mostSentences),
    conflicts: list(record<ConflictView>({ manager: isName, field: isName }), mostSentences),
  },
  { refusal: isFailure },
);

const isPlan = record<PlanView>({
  runtime: isName,
  reason: isSentence,
  others: list(isSentence, mostSentences),
  warnings: list(isSentence, mostSentences),
  objects: list(isObject, mostObjects),
});

const isState = record<PlanState>(
  {
    title: isName,
    target: isName,
    status: isStatus,
    manifest: record<ManifestView>({
      text: isManifestText,
      revision: integer(0, 2 ** 53),
      isEdited: isFlag,
      findings: list(
        record<FindingView>({ severity: oneOf('error', 'warning'), message: isSentence, line: integer(0, 2 ** 31) }),
        mostSentences,
      ),
    }),
  },
  { plan: isPlan, conflictChoice: oneOf('take', 'leave') },
);

export const isPlanUpdate: Check<PlanUpdate> = record<PlanUpdate>({ type: oneOf('state'), state: isState });

export const isPlanRequest = variant<'type', PlanRequest>('type', {
  ready: only('ready'),
  edit: record({ type: oneOf('edit'), text: isManifestText }),
  reset: only('reset'),
  'open-document': only('open-document'),
  'show-difference': record({ type: oneOf('show-difference'), index: integer(0, mostObjects - 1) }),
  conflicts: record({ type: oneOf('conflicts'), choice: oneOf('take', 'leave') }),
  'plan-again': only('plan-again'),
  deploy: only('deploy'),
  'change-answers': only('change-answers'),
  cancel: only('cancel'),
});
