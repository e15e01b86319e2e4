import type { DeploySpec } from '../../packaging/spec/modelSpec.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ClusterDeployOptions, NameRule } from '../../targets/target.ts';
import { formatClaimRef } from '../../stores/claim/claimRef.ts';
import { defined, type DeployGiven } from './deployArguments.ts';
import {
  claimStep,
  contextOfPick,
  imageStep,
  isAdvanced,
  nameStep,
  namespaceStep,
  noClaim,
  other,
  otherKubeconfig,
  protocolsOfPick,
  protocolStep,
  replicasStep,
  resourcesStep,
  runtimeStep,
  serverOfPick,
  storePrefix,
  targetOfPick,
  targetStep,
  type DeployChoices,
  type TargetChoice,
} from './deploySteps.ts';
import type { Protocol, RuntimeChoices } from '../../kserve/choices/runtimeChoices.ts';
import { parseReplicas, parseResources } from '../../kserve/choices/sizeTexts.ts';
import type { Answers, LoadedQuestion, Question } from '../core/questions.ts';

export type DeployQuestion =
  | 'target'
  | 'namespace'
  | 'otherNamespace'
  | 'claim'
  | 'name'
  | 'runtime'
  | 'image'
  | 'protocol'
  | 'resources'
  | 'replicas';

export interface DeployContext {
  readonly modelName: string;
  readonly given: DeployGiven;
  /** The answers of the last time. */
  readonly remembered: DeploySpec;
  readonly choices: DeployChoices;
}

/** The questions of "Deploy Model…". Pure: what is asked depends on what is given, remembered and answered. */
export function deployQuestions(context: DeployContext): readonly Question<DeployQuestion>[] {
  const { given, remembered, choices } = context;
  const isCluster = (answers: Answers<DeployQuestion>): boolean => contextOf(answers, given) !== undefined;
  const place = (answers: Answers<DeployQuestion>): { readonly context: string; readonly namespace: string } => ({
    context: contextOf(answers, given) ?? '',
    namespace: namespaceOf(answers, given) ?? '',
  });
  /** There is no claim to take: what follows is not asked any more. */
  const isOver = (answers: Answers<DeployQuestion>): boolean => isCluster(answers) && answers.claim === noClaim;
  /** Left alone by a script that wants no page: the pre-filled answer counts. */
  const isAsked = (value: unknown): boolean => value === undefined && given.confirm !== false;
  /** A target that is there by itself needs no answers: it takes any name and answers by both protocols. */
  const isChoosy = (answers: Answers<DeployQuestion>): boolean => isCluster(answers) || isAdvanced(answers.target);
  /** As the question about the runtime has read them. */
  let runtimes: RuntimeChoices | undefined;
  const loaded = (
    question: Pick<LoadedQuestion<DeployQuestion>, 'key' | 'loading' | 'load'>,
    isOpen: (answers: Answers<DeployQuestion>) => boolean,
  ): Question<DeployQuestion> => ({
    ...question,
    applies: (answers) => isCluster(answers) && isOpen(answers),
    load: async (answers, signal) => {
      await choices.requireKServe(place(answers).context, signal);
      return question.load(answers, signal);
    },
  });
  return [
    {
      key: 'target',
      decides: true,
      ask: () => ((given.target ?? given.context) === undefined ? targetStep(choices, remembered) : undefined),
    },
    loaded(
      {
        key: 'namespace',
        loading: (answers) => `Reading the namespaces of ${place(answers).context}…`,
        load: async (answers, signal) =>
          namespaceStep(await choices.namespaces(place(answers).context, signal), remembered),
      },
      () => given.namespace === undefined,
    ),
    {
      key: 'otherNamespace',
      isPart: true,
      ask: (answers) =>
        isCluster(answers) && answers.namespace === other
          ? { kind: 'input', prompt: 'Name of the namespace', validate: choices.namespaceProblem }
          : undefined,
    },
    loaded(
      {
        key: 'claim',
        loading: (answers) => `Reading the claims of ${place(answers).namespace}…`,
        load: async (answers, signal) => {
          const { context: name, namespace } = place(answers);
          if (given.runtime === undefined) await choices.requireRuntime(name, namespace, signal);
          const [claims, stores] = await Promise.all([
            choices.claims(name, namespace, signal),
            choices.stores(name, namespace),
          ]);
          return claimStep(claims, stores, namespace, remembered);
        },
      },
      () => given.claim === undefined && given.store === undefined,
    ),
    {
      key: 'name',
      ask: (answers) => {
        if (!isChoosy(answers) || isOver(answers) || !isAsked(given.name)) return undefined;
        const rule = namesOf(answers, context);
        const suggested = rule.suggestName(context.modelName);
        return isCluster(answers)
          ? nameStep('Name of the InferenceService', remembered.name ?? suggested, rule)
          : nameStep('Name of the deployment', suggested, rule);
      },
    },
    loaded(
      {
        key: 'runtime',
        loading: (answers) => `Reading the serving runtimes of ${place(answers).context}…`,
        load: async (answers, signal) => {
          const { context: name, namespace } = place(answers);
          runtimes = await choices.runtimes(name, namespace, signal);
          return runtimeStep(runtimes, remembered);
        },
      },
      (answers) => !isOver(answers) && isAsked(given.runtime),
    ),
    {
      key: 'image',
      isPart: true,
      ask: (answers) =>
        runtimes && serverOfPick(answers.runtime) !== undefined
          ? imageStep(runtimes, answers.runtime ?? '')
          : undefined,
    },
    {
      key: 'protocol',
      ask: (answers) => {
        if (!isChoosy(answers) || isOver(answers) || !isAsked(given.protocol)) return undefined;
        const spoken = isCluster(answers) && runtimes ? protocolsOfPick(runtimes, answers.runtime ?? '') : undefined;
        return spoken?.length === 1 ? undefined : protocolStep(remembered.protocol, spoken);
      },
    },
    {
      key: 'resources',
      ask: (answers) =>
        isCluster(answers) && !isOver(answers) && isAsked(given.resources)
          ? resourcesStep(choices, remembered)
          : undefined,
    },
    {
      key: 'replicas',
      ask: (answers) =>
        isCluster(answers) && !isOver(answers) && isAsked(given.minReplicas ?? given.maxReplicas)
          ? replicasStep(remembered)
          : undefined,
    },
  ];
}

/** Where and how to deploy, once nothing is left to ask. */
export type DeployAnswers =
  | { readonly kind: 'target'; readonly target: string; readonly name: string; readonly protocol: Protocol }
  | ({ readonly kind: 'cluster' } & ClusterAnswers);

export type ClusterAnswers = DeploySpec &
  Required<Pick<DeploySpec, 'context' | 'namespace' | 'name' | 'protocol'>> & {
    /** The runtime that is to be made for it. */
    readonly newRuntime?: NonNullable<ClusterDeployOptions['newRuntime']>;
  };

/** What is given laid over the answers, and these over what is remembered. */
export function deployAnswers(answers: Answers<DeployQuestion>, context: DeployContext): DeployAnswers {
  const { given, remembered } = context;
  const suggestedName = namesOf(answers, context).suggestName(context.modelName);
  const said = { ...answered(answers), ...given };
  const clusterContext = contextOf(answers, given);
  if (clusterContext === undefined) {
    const target = targetOf(answers, context).id;
    return { kind: 'target', target, name: said.name ?? suggestedName, protocol: said.protocol ?? 'v1' };
  }
  const { name = suggestedName, protocol = 'v1', runtime, resources } = { ...remembered, ...said };
  const server = serverOfPick(answers.runtime);
  const { minReplicas, maxReplicas } = (said.minReplicas ?? said.maxReplicas) === undefined ? remembered : said;
  return {
    kind: 'cluster',
    context: clusterContext,
    namespace: namespaceOf(answers, given) ?? '',
    ...(said.store === undefined ? { claim: said.claim ?? '' } : { store: said.store }),
    name,
    protocol,
    ...(runtime && { runtime }),
    ...(server !== undefined && { newRuntime: { server, ...(answers.image && { image: answers.image.trim() }) } }),
    ...(resources && Object.keys(resources).length > 0 && { resources }),
    ...defined({ minReplicas, maxReplicas }),
  };
}

/** The answers as they are remembered. */
export function specOfAnswers(answers: ClusterAnswers): DeploySpec {
  const { context, namespace, claim, store, name, runtime, protocol, resources, minReplicas, maxReplicas } = answers;
  return defined({ context, namespace, claim, store, name, runtime, protocol, resources, minReplicas, maxReplicas });
}

/** The id of the store that keeps the model. */
export function storeOf({ context, namespace, claim = '', store }: ClusterAnswers): string {
  return store ?? formatClaimRef({ context, namespace, claim });
}

function answered({ claim, name, runtime, protocol, resources, replicas }: Answers<DeployQuestion>): DeploySpec {
  const store = claim?.startsWith(storePrefix) ? claim.slice(storePrefix.length) : undefined;
  return defined({
    claim: store === undefined ? claim : undefined,
    store,
    name,
    runtime: serverOfPick(runtime) === undefined ? runtime : '',
    protocol: protocol === undefined ? undefined : protocol === 'v2' ? 'v2' : 'v1',
    resources: resources === undefined ? undefined : parseResources(resources),
    ...(replicas !== undefined && parseReplicas(replicas)),
  });
}

/** Whether the user said that there is no claim to take: what helps then is words, not a deployment. */
export function wantsNoClaim(answers: Answers<DeployQuestion>): boolean {
  return answers.claim === noClaim;
}

/** Whether the user wants to name a kubeconfig first. */
export function wantsKubeconfig(answers: Answers<DeployQuestion>): boolean {
  return answers.target === otherKubeconfig;
}

/** The title of the questions, as far as the target is known. */
export function deployTitle(model: string, answers: Answers<DeployQuestion>, of: DeployContext): string {
  const { given } = of;
  const context = contextOf(answers, given);
  const namespace = namespaceOf(answers, given);
  if (context !== undefined) return `Deploy ${model} to ${[context, namespace].filter(Boolean).join(' / ')}`;
  const isKnown = (targetOfPick(answers.target) ?? given.target) !== undefined;
  return isKnown ? `Deploy ${model} to ${targetOf(answers, of).label}` : `Deploy ${model}`;
}

function contextOf(answers: Answers<DeployQuestion>, given: DeployGiven): string | undefined {
  return given.target === undefined ? (given.context ?? contextOfPick(answers.target)) : undefined;
}

/** The target that was named or chosen, else the first. */
function targetOf(answers: Answers<DeployQuestion>, { given, choices }: DeployContext): TargetChoice {
  const id = given.target ?? targetOfPick(answers.target);
  const target = choices.targets.find((one) => one.id === id) ?? choices.targets[0];
  if (target && (given.target === undefined || given.target === target.id)) return target;
  throw new ModelDeckError('not-found', `The target ${id ?? ''} was not found.`, {
    remedy: 'Choose another row of the Clusters view.',
  });
}

/** The rule for names where the model will be served. */
function namesOf(answers: Answers<DeployQuestion>, context: DeployContext): NameRule {
  const isCluster = contextOf(answers, context.given) !== undefined;
  return isCluster
    ? context.choices.serviceNames(namespaceOf(answers, context.given) ?? '')
    : targetOf(answers, context);
}

function namespaceOf(answers: Answers<DeployQuestion>, given: DeployGiven): string | undefined {
  return given.namespace ?? (answers.namespace === other ? answers.otherNamespace : answers.namespace);
}
