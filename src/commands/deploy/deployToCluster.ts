import * as vscode from 'vscode';
import type { DeployOrder } from '../../deploy/index.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { once } from '../../foundation/once.ts';
import type { Task } from '../../foundation/task.ts';
import type { Provenance } from '../../packaging/spec/modelSpec.ts';
import type { PlanAnswer, PlanPages } from '../../panel/plan/planPage.ts';
import type { MadePlan } from '../../panel/plan/planSession.ts';
import type { KServeTarget } from '../../targets/kserve/clusters.ts';
import type { ClusterDeployOptions, Deployment, DeployPlan, ModelProvenance } from '../../targets/target.ts';
import { readRuntimes } from '../../targets/kserve/plan/readRuntimes.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { defined } from './deployArguments.ts';
import { tellReady, type DeployedExamples } from './deployedExamples.ts';
import type { DeploySource } from './deploySource.ts';
import { deployWords } from './deployWords.ts';
import type { Comparison } from '../package/examples.ts';
import { specOfAnswers, storeOf, type ClusterAnswers } from './deployQuestions.ts';
import { reached } from '../core/milestones.ts';
import type { NextSteps } from '../core/nextSteps.ts';
import type { Services } from '../core/services.ts';

/** Deploys to a namespace of a cluster: shows the plan, does it, and asks what to do with it when it fails. */
export class DeployToCluster {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly nextSteps: NextSteps,
    private readonly pages: PlanPages,
    private readonly examples: DeployedExamples,
    /** Told when a store has a model more than before. */
    private readonly uploaded: (storeId: string) => void,
  ) {}

  /** @returns `change-answers` when the user wants to answer the questions again */
  async run(source: DeploySource, answers: ClusterAnswers, withPage: boolean): Promise<'done' | 'change-answers'> {
    const { context, namespace, name, protocol } = answers;
    const target = await (await this.services.clusters()).target(context, namespace);
    const store = await this.services.stores.of(storeOf(answers));
    const { modelPackage, stored, spec } = source;
    const order: DeployOrder & { cluster: ClusterDeployOptions } = {
      ...(modelPackage ? { modelPackage } : { stored }),
      store,
      target,
      name,
      protocol,
      cluster: optionsOf(answers),
      provenance: modelProvenance(spec?.provenance),
    };
    const answer: PlanAnswer = withPage
      ? await this.showPlan(order, target, source)
      : { kind: 'deploy', plan: { force: false } };
    if (answer.kind === 'cancel') throw ModelDeckError.cancelled();
    if (answer.kind === 'change-answers') return 'change-answers';
    await this.remember(source, answers);
    const deployment = await this.deploy({ ...order, cluster: { ...order.cluster, ...answer.plan } }, target);
    if (modelPackage) this.uploaded(store.id);
    if (deployment) {
      reached('deployedToCluster');
      const examples = await this.examples.check(source, deployment.id, target);
      void this.offerNextSteps(deployment, target, examples);
    }
    return 'done';
  }

  private async showPlan(order: DeployOrder, target: KServeTarget, source: DeploySource): Promise<PlanAnswer> {
    const [{ planDeploy }, kserve] = await Promise.all([this.services.deploy(), this.services.kserve()]);
    const { name, cluster } = order;
    const { namespace, connection } = target.cluster;
    const model = source.modelPackage ?? source.stored;
    const runtimes = once(() => readRuntimes({ connection, namespace }, {}));
    const others = async (plan: DeployPlan): Promise<readonly string[]> => {
      const yaml =
        plan.objects?.find((object) => object.kind === 'InferenceService' && object.name === name)?.yaml ?? '';
      const { manifest } = kserve.fromYaml(yaml);
      return manifest ? kserve.otherRuntimes(manifest, await runtimes()) : [];
    };
    return this.pages.ask(
      { title: `Deploy ${[model?.name, model?.version].filter(Boolean).join(' ')}`, target: target.label, name },
      {
        check: (text) => Promise.resolve(kserve.fromYaml(text, { name, namespace }).findings),
        plan: async (edit, signal): Promise<MadePlan> => {
          const plan = await planDeploy({ ...order, cluster: { ...cluster, ...edit } }, { signal });
          return { ...plan, others: plan.alternatives ?? (await others(plan)) };
        },
        withoutFields: (text, fields) => Promise.resolve(kserve.withoutFields(text, fields)),
      },
    );
  }

  /** @returns nothing when it failed and the user has been told */
  private async deploy(order: DeployOrder, target: KServeTarget): Promise<Deployment | undefined> {
    const { deployModel } = await this.services.deploy();
    let told: unknown;
    const onFailure = async (error: unknown): Promise<'keep' | 'undo'> => {
      if (ModelDeckError.is(error) && error.category === 'cancelled') return 'undo';
      told = error;
      return this.keepOrUndo(order, target, error);
    };
    const work = (task: Task<keyof typeof deployWords>): Promise<Deployment> =>
      deployModel({ ...order, onFailure }, task);
    try {
      return await this.runner.withProgress(`Deploying ${order.name} to ${target.label}`, deployWords, work);
    } catch (error) {
      // Told already, with the choice. What could not be taken back comes as another error.
      if (error === told) return undefined;
      throw error;
    }
  }

  private async keepOrUndo({ name }: DeployOrder, target: KServeTarget, error: unknown): Promise<'keep' | 'undo'> {
    const known = ModelDeckError.is(error) ? error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    const next = known?.nextStep && this.nextSteps.button(known.nextStep, () => Promise.resolve());
    const step = known?.nextStep?.kind === 'retry' ? undefined : next;
    const keep = 'Keep';
    const remove = 'Remove';
    for (;;) {
      const chosen = await vscode.window.showErrorMessage(
        `${name} does not work in ${target.label}. ${[message, known?.remedy].filter(Boolean).join(' ')}`,
        ...[step?.title, keep, remove].filter((title) => title !== undefined),
      );
      if (chosen === keep) return 'keep';
      // Who closes the message has not asked to keep it.
      if (chosen === undefined || chosen !== step?.title) return 'undo';
      await step.run();
    }
  }

  /** The next time, the questions begin with these answers. */
  private async remember({ specFile }: DeploySource, answers: ClusterAnswers): Promise<void> {
    if (specFile === undefined) return;
    const { rememberDeploy } = await this.services.packaging();
    await rememberDeploy(specFile, specOfAnswers(answers));
  }

  private async offerNextSteps(
    { id, name, unverified }: Deployment,
    target: KServeTarget,
    examples?: Comparison,
  ): Promise<void> {
    const classify = 'Classify Image…';
    const manifest = 'Show Manifest';
    const ready = [`${name} is ready in ${target.label}.`, unverified].filter(Boolean).join(' ');
    const chosen = await tellReady(ready, examples, classify, manifest);
    if (chosen === classify) await vscode.commands.executeCommand('modelDeck.classifyImage', { deploymentId: id });
    if (chosen === manifest) await vscode.commands.executeCommand('modelDeck.showManifest', { deploymentId: id });
  }
}

function optionsOf({ runtime, newRuntime, resources, minReplicas, maxReplicas }: ClusterAnswers): ClusterDeployOptions {
  return defined({ runtime, newRuntime, resources, minReplicas, maxReplicas });
}

function modelProvenance({ source, revision, licence, sha256 }: Provenance = {}): ModelProvenance {
  return defined({ source, revision, licence, weightsSha256: sha256 });
}
