import type { DeploySpec } from '../../packaging/spec/modelSpec.ts';
import type { ClaimChoice } from '../../kserve/choices/claimChoice.ts';
import type { MakeableRuntime, Protocol, RuntimeChoice, RuntimeChoices } from '../../kserve/choices/runtimeChoices.ts';
import type { ServingOption } from '../../kserve/choices/servingChoice.ts';
import { formatReplicas, formatResources, parseReplicas, parseResources } from '../../kserve/choices/sizeTexts.ts';
import type { NameRule, Target } from '../../targets/target.ts';
import type { ModelStore } from '../../stores/modelStore.ts';
import type { InputStep, PickItem, PickStep } from '../core/questions.ts';

/** What the questions need to know of the kubeconfig and its clusters; each is read when its question comes. */
export interface DeployChoices {
  /** Targets that are there by themselves. */
  readonly targets: readonly TargetChoice[];
  /** Names, the current one marked. */
  readonly contexts: readonly { readonly name: string; readonly server?: string; readonly isCurrent: boolean }[];
  readonly namespaces: (context: string, signal: AbortSignal) => Promise<NamespaceChoices>;
  readonly claims: (context: string, namespace: string, signal: AbortSignal) => Promise<readonly ClaimChoice[]>;
  /** Stores beside the claims that take packages, and that the cluster can read from. */
  readonly stores: (context: string, namespace: string) => Promise<readonly KnownStore[]>;
  readonly runtimes: (context: string, namespace: string, signal: AbortSignal) => Promise<RuntimeChoices>;
  /**
   * What an answer about the runtime stands for, with the package that it takes; undefined where only KServe knows.
   * @param runtime the value of {@link runtimeStep}
   */
  readonly option: (context: string, namespace: string, runtime: string) => Promise<ServingOption | undefined>;
  /** How services of a namespace may be called. */
  readonly serviceNames: (namespace: string) => NameRule;
  /** @throws ModelDeckError when the cluster has no KServe */
  readonly requireKServe: (context: string, signal: AbortSignal) => Promise<void>;
  /** @throws ModelDeckError when no runtime can serve the model there */
  readonly requireRuntime: (context: string, namespace: string, signal: AbortSignal) => Promise<void>;
  readonly namespaceProblem: (name: string) => string | undefined;
  /** The complaint about a quantity, or nothing. */
  readonly quantityProblem: (resource: string, amount: string) => string | undefined;
}

export type TargetChoice = NameRule & Pick<Target, 'id' | 'label' | 'summary' | 'isRemote'>;

export type KnownStore = Pick<ModelStore, 'id' | 'label'>;

export interface NamespaceChoices {
  /** In the order of the list. */
  readonly names: readonly { readonly name: string; readonly description?: string; readonly unusable?: string }[];
  /** The one that the context names. */
  readonly preferred: string;
  /** Why the list may be short. */
  readonly note?: string;
}

/** Values of picks that are no names: Kubernetes' names have no such characters. */
export const other = '+other';
/** The user has no claim: it leads to words, not to a deployment. */
export const noClaim = '+none';

/** A context may be called like a target. */
const contextPrefix = 'context:';

/** The context of a pick of {@link targetStep}; undefined for a target. */
export function contextOfPick(value: string | undefined): string | undefined {
  return value?.startsWith(contextPrefix) === true ? value.slice(contextPrefix.length) : undefined;
}

/** A target whose name and protocol the user wants to choose. */
const advancedPrefix = 'advanced:';

/** The id of a target that was picked, with or without "Advanced…"; undefined for a context. */
export function targetOfPick(value: string | undefined): string | undefined {
  if (value === undefined || contextOfPick(value) !== undefined) return undefined;
  return isAdvanced(value) ? value.slice(advancedPrefix.length) : value;
}

export function isAdvanced(value: string | undefined): boolean {
  return value?.startsWith(advancedPrefix) === true;
}

/** The user has no kubeconfig that Model Deck knows, and wants to name one. */
export const otherKubeconfig = '+kubeconfig';

export function targetStep(
  { targets, contexts }: Pick<DeployChoices, 'targets' | 'contexts'>,
  remembered: DeploySpec,
): PickStep {
  const known = contexts.some(({ name }) => name === remembered.context);
  return {
    kind: 'pick',
    prompt: 'Deploy to',
    value: known ? contextPrefix + remembered.context : (targets[0]?.id ?? ''),
    items: [
      ...targets.map(({ id, label, summary, isRemote }) => ({
        value: id,
        label: `$(${isRemote ? 'cloud' : 'device-desktop'}) ${label}`,
        description: summary,
      })),
      ...contexts.map(({ name, server, isCurrent }) => ({
        value: contextPrefix + name,
        label: `$(server-environment) ${name}`,
        description: [isCurrent && 'current', server].filter(Boolean).join(' · '),
      })),
      ...targets.map(({ id, label }) => ({
        value: advancedPrefix + id,
        label: '$(settings-gear) Advanced…',
        description: `${label}, with a name and a protocol of your choice`,
      })),
      ...(contexts.length === 0
        ? [
            {
              value: otherKubeconfig,
              label: '$(server-environment) Choose Kubeconfig…',
              description: 'No cluster was found: choose the file that names yours',
            },
          ]
        : []),
    ],
  };
}

export function namespaceStep({ names, preferred, note }: NamespaceChoices, remembered: DeploySpec): PickStep {
  const items: PickItem[] = names.map(({ name, description, unusable }) => ({
    value: name,
    label: name,
    ...(description !== undefined && { description }),
    ...(unusable !== undefined && { unusable, detail: unusable }),
  }));
  const last = { value: other, label: '$(edit) Other namespace…', ...(note !== undefined && { detail: note }) };
  const isKnown = names.some(({ name }) => name === remembered.namespace);
  return {
    kind: 'pick',
    prompt: 'Choose a namespace',
    value: isKnown && remembered.namespace !== undefined ? remembered.namespace : preferred,
    items: [...items, last],
  };
}

/** A claim may be called as anything; the value of another store is its id behind this. */
export const storePrefix = 'store:';

/** Where the model is kept: a claim of the namespace, or another store. */
export function claimStep(
  claims: readonly ClaimChoice[],
  stores: readonly KnownStore[],
  namespace: string,
  remembered: DeploySpec,
): PickStep {
  const items: PickItem[] = claims.map(({ name, description, note, unusable }) => ({
    value: name,
    label: `$(database) ${name}`,
    description,
    ...((unusable ?? note) !== undefined && { detail: unusable ?? note ?? '' }),
    ...(unusable !== undefined && { unusable }),
  }));
  const others: PickItem[] = stores.map(({ id, label }) => ({ value: storePrefix + id, label: `$(library) ${label}` }));
  const usable = claims.filter(({ unusable }) => unusable === undefined);
  const known = stores.find(({ id }) => id === remembered.store) ?? (usable.length === 0 ? stores[0] : undefined);
  const none = {
    value: noClaim,
    label: '$(question) No claim that fits?',
    detail: `The archive is kept in a PersistentVolumeClaim of ${namespace}, and KServe mounts it from there. Choose this to see how to create one.`,
  };
  return {
    kind: 'pick',
    prompt:
      stores.length > 0
        ? 'Choose where the model is kept'
        : usable.length > 0
          ? 'Choose the PersistentVolumeClaim that keeps the model'
          : `There is no PersistentVolumeClaim in ${namespace} that can keep the model.`,
    items: [...items, ...others, none],
    value: known
      ? storePrefix + known.id
      : ((usable.find(({ name }) => name === remembered.claim) ?? usable[0])?.name ?? noClaim),
  };
}

/** @param value that begins the input; another one where the rule does not allow it */
export function nameStep(prompt: string, value: string, rule: NameRule): InputStep {
  return {
    kind: 'input',
    prompt,
    value: rule.checkName(value) === undefined ? value : rule.suggestName(value),
    validate: (name) => rule.checkName(name),
  };
}

/** A runtime may be called as anything; the value of one to be made is its server behind this. */
const newPrefix = '+new:';

/** The value of {@link runtimeStep} for a runtime that is to be made. */
export function pickOfServer(server: string): string {
  return newPrefix + server;
}

/** The server of a runtime that is to be made; undefined for one that is there. */
export function serverOfPick(value: string | undefined): string | undefined {
  return value?.startsWith(newPrefix) === true ? value.slice(newPrefix.length) : undefined;
}

export function runtimeStep({ automatic, runtimes, makeable }: RuntimeChoices, remembered: DeploySpec): PickStep {
  const { name, sentence } = automatic;
  const usable = runtimes.filter(({ unusable }) => unusable === undefined);
  const unusable = runtimes.filter((runtime) => runtime.unusable !== undefined);
  const item = (runtime: RuntimeChoice): PickItem => ({
    value: runtime.name,
    label: runtime.name,
    description: [
      runtime.scope === 'namespace' && 'of the namespace',
      runtime.protocols.join(', ').toUpperCase(),
      runtime.resources,
    ]
      .filter(Boolean)
      .join(' · '),
    ...((runtime.unusable ?? runtime.detail) !== undefined && { detail: runtime.unusable ?? runtime.detail ?? '' }),
    ...(runtime.unusable !== undefined && { unusable: runtime.unusable }),
  });
  const made = ({ server, label, image, protocols, detail }: MakeableRuntime): PickItem => ({
    value: pickOfServer(server),
    label: `$(add) Make a runtime of ${label} in the namespace`,
    description: protocols.join(', ').toUpperCase(),
    detail: [`The nodes have to be able to pull ${image}.`, detail !== '' && `It ${detail}.`].filter(Boolean).join(' '),
  });
  const heading = (label: string): PickItem => ({ value: '', label, kind: separator });
  const [toMake] = makeable;
  const nothing = automatic.unusable !== undefined && toMake !== undefined ? pickOfServer(toMake.server) : '';
  return {
    kind: 'pick',
    prompt: 'Choose a serving runtime',
    value: usable.some((runtime) => runtime.name === remembered.runtime) ? (remembered.runtime ?? '') : nothing,
    items: [
      {
        value: '',
        label: `$(sparkle) ${name === undefined ? 'KServe chooses' : `Chosen: ${name}`}`,
        detail: sentence,
        ...(automatic.unusable !== undefined && { unusable: automatic.unusable }),
      },
      ...(usable.length > 0 ? [heading('can serve it'), ...usable.map(item)] : []),
      ...(makeable.length > 0 ? [heading('can be made'), ...makeable.map(made)] : []),
      ...(unusable.length > 0 ? [heading('cannot serve it'), ...unusable.map(item)] : []),
    ],
  };
}

/** @returns undefined where only one can be spoken, or it is not known */
export function protocolsOfPick(
  { automatic, runtimes, makeable }: RuntimeChoices,
  value: string,
): readonly Protocol[] | undefined {
  const server = serverOfPick(value);
  if (server !== undefined) return makeable.find((one) => one.server === server)?.protocols;
  return value === '' ? automatic.protocols : runtimes.find(({ name }) => name === value)?.protocols;
}

export function imageStep({ makeable }: RuntimeChoices, value: string): InputStep {
  const made = makeable.find(({ server }) => server === serverOfPick(value));
  return {
    kind: 'input',
    prompt: 'The image of the runtime that is made: the nodes have to be able to pull it',
    value: made?.image ?? '',
    validate: (image) => (/^\S+$/.test(image.trim()) ? undefined : 'Write the name of an image, with its tag'),
  };
}

/** `vscode.QuickPickItemKind.Separator`, whose module exists in the editor only. */
const separator = -1;

export function protocolStep(value: Protocol = 'v1', spoken: readonly Protocol[] = ['v1', 'v2']): PickStep {
  const items: readonly (PickItem & { readonly value: Protocol })[] = [
    { value: 'v1', label: 'V1', description: 'POST /v1/models/<model>:predict' },
    { value: 'v2', label: 'V2', description: 'Open Inference Protocol, POST /v2/models/<model>/infer' },
  ];
  return {
    kind: 'pick',
    prompt: 'Choose the protocol for requests',
    value: spoken.includes(value) ? value : (spoken[0] ?? value),
    items: items.filter((item) => spoken.includes(item.value)),
  };
}

export function resourcesStep({ quantityProblem }: DeployChoices, { resources }: DeploySpec): InputStep {
  return {
    kind: 'input',
    prompt: 'CPU and memory for the model, as request and as limit. Empty: the defaults of the runtime.',
    placeholder: 'for example cpu=1, memory=2Gi',
    value: formatResources(resources),
    validate: (value) => {
      const parsed = parseResources(value);
      if (parsed === undefined) return 'Enter for example cpu=1, memory=2Gi';
      for (const [resource, amount] of Object.entries(parsed)) {
        const problem = quantityProblem(resource, amount);
        if (problem !== undefined) return problem;
      }
      return undefined;
    },
  };
}

export function replicasStep(remembered: DeploySpec): InputStep {
  return {
    kind: 'input',
    prompt: 'Number of pods, or a range, for example 1-3',
    value: formatReplicas(remembered) || '1',
    validate: (value) =>
      parseReplicas(value) === undefined ? 'Enter a whole number or a range, for example 1-3' : undefined,
  };
}
