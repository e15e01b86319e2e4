import type { DeploySpec } from '../../packaging/spec/modelSpec.ts';
import { defined, type DeployGiven } from './deployArguments.ts';
import {
  claimStep,
  contextPrefix,
  nameStep,
  namespaceStep,
  noClaim,
  other,
  protocolStep,
  replicasStep,
  resourcesStep,
  runtimeStep,
  targetStep,
  thisComputer,
  type DeployChoices,
} from './deploySteps.ts';
import type { Protocol } from '../../kserve/choices/runtimeChoices.ts';
import { parseReplicas, parseResources } from '../../kserve/choices/sizeTexts.ts';
import type { Answers, LoadedQuestion, Question } from '../core/multiStep.ts';

export type DeployQuestion =
  'target' | 'namespace' | 'otherNamespace' | 'claim' | 'name' | 'runtime' | 'protocol' | 'resources' | 'replicas';

export interface DeployContext {
  /** Name of the model, as the name of a deployment. */
  readonly suggestedName: string;
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
  const loaded = (
    question: Pick<LoadedQuestion<DeployQuestion>, 'key' | 'loading' | 'load'>,
    isOpen: (answers: Answers<DeployQuestion>) => boolean,
  ): Question<DeployQuestion> => ({
    ...question,
    applies: (answers) => isCluster(answers) && isOpen(answers),
  });
  return [
    { key: 'target', ask: () => (given.target === undefined ? targetStep(choices.contexts, remembered) : undefined) },
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
          return claimStep(await choices.claims(name, namespace, signal), namespace, remembered);
        },
      },
      () => given.claim === undefined,
    ),
    {
      key: 'name',
      ask: (answers) => {
        if (isOver(answers) || !isAsked(given.name)) return undefined;
        return isCluster(answers)
          ? nameStep(remembered.name ?? context.suggestedName, place(answers).namespace, choices)
          : nameStep(context.suggestedName, undefined, choices);
      },
    },
    loaded(
      {
        key: 'runtime',
        loading: (answers) => `Reading the serving runtimes of ${place(answers).context}…`,
        load: async (answers, signal) => {
          const { context: name, namespace } = place(answers);
          return runtimeStep(await choices.runtimes(name, namespace, signal), remembered);
        },
      },
      (answers) => !isOver(answers) && isAsked(given.runtime),
    ),
    {
      key: 'protocol',
      ask: (answers) => (!isOver(answers) && isAsked(given.protocol) ? protocolStep(remembered.protocol) : undefined),
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
  | { readonly kind: 'this-computer'; readonly name: string; readonly protocol: Protocol }
  | ({ readonly kind: 'kserve' } & ClusterAnswers);

export type ClusterAnswers = DeploySpec &
  Required<Pick<DeploySpec, 'context' | 'namespace' | 'claim' | 'name' | 'protocol'>>;

/** What is given laid over the answers, and these over what is remembered. */
export function deployAnswers(
  answers: Answers<DeployQuestion>,
  context: Omit<DeployContext, 'choices'>,
): DeployAnswers {
  const { given, remembered, suggestedName } = context;
  const said = { ...answered(answers), ...given };
  const clusterContext = contextOf(answers, given);
  if (clusterContext === undefined) {
    return { kind: 'this-computer', name: said.name ?? suggestedName, protocol: said.protocol ?? 'v1' };
  }
  const { name = suggestedName, protocol = 'v1', runtime, resources } = { ...remembered, ...said };
  const { minReplicas, maxReplicas } = (said.minReplicas ?? said.maxReplicas) === undefined ? remembered : said;
  return {
    kind: 'kserve',
    context: clusterContext,
    namespace: namespaceOf(answers, given) ?? '',
    claim: said.claim ?? '',
    name,
    protocol,
    ...(runtime && { runtime }),
    ...(resources && Object.keys(resources).length > 0 && { resources }),
    ...defined({ minReplicas, maxReplicas }),
  };
}

/** The answers as they are remembered. */
export function specOfAnswers(answers: ClusterAnswers): DeploySpec {
  const { context, namespace, claim, name, runtime, protocol, resources, minReplicas, maxReplicas } = answers;
  return defined({ context, namespace, claim, name, runtime, protocol, resources, minReplicas, maxReplicas });
}

function answered({ claim, name, runtime, protocol, resources, replicas }: Answers<DeployQuestion>): DeploySpec {
  return defined({
    claim,
    name,
    runtime,
    protocol: protocol === undefined ? undefined : protocol === 'v2' ? 'v2' : 'v1',
    resources: resources === undefined ? undefined : parseResources(resources),
    ...(replicas !== undefined && parseReplicas(replicas)),
  });
}

/** Whether the user said that there is no claim to take: he then needs words, not a deployment. */
export function wantsNoClaim(answers: Answers<DeployQuestion>): boolean {
  return answers.claim === noClaim;
}

/** The title of the questions, as far as the target is known. */
export function deployTitle(model: string, answers: Answers<DeployQuestion>, given: DeployGiven): string {
  const context = contextOf(answers, given);
  const namespace = namespaceOf(answers, given);
  if (context !== undefined) return `Deploy ${model} to ${[context, namespace].filter(Boolean).join(' / ')}`;
  return (answers.target ?? given.target) === undefined ? `Deploy ${model}` : `Deploy ${model} to This computer`;
}

function contextOf(answers: Answers<DeployQuestion>, given: DeployGiven): string | undefined {
  if (given.target !== undefined) return given.target === 'kserve' ? given.context : undefined;
  return answers.target === undefined || answers.target === thisComputer
    ? undefined
    : answers.target.slice(contextPrefix.length);
}

function namespaceOf(answers: Answers<DeployQuestion>, given: DeployGiven): string | undefined {
  return given.namespace ?? (answers.namespace === other ? answers.otherNamespace : answers.namespace);
}
