import * as vscode from 'vscode';
import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { formatServiceRef } from '../../targets/kserve/serviceRef.ts';
import { kserveLabels } from '../../kserve/annotations.ts';
import { events, pods, type KubeEvent, type Pod } from '../../kserve/resources/core.ts';
import { inferenceServices, type InferenceService } from '../../kserve/resources/inferenceService.ts';
import type { KServeTarget } from '../../targets/kserve/clusters.ts';
import { rowSubject } from '../core/arguments.ts';
import { namespaceComplaint } from '../clusters/rememberedNamespaces.ts';
import type { Services } from '../core/services.ts';
import { objectOfArgument, objectOfRow, type NamedObject } from './objectNames.ts';
import { prompts } from '../prompts.ts';

/** An InferenceService and where it is. */
export interface FoundService {
  readonly target: KServeTarget;
  readonly deploymentId: string;
  readonly object: NamedObject;
}

/** Finds the object that a command is about: of its row, of its argument, or by asking. */
export class ClusterObjects {
  constructor(private readonly services: Services) {}

  /** @throws ModelDeckError `invalid-input` for an argument that names a pod, `cancelled` */
  async service(argument: unknown, placeHolder: string): Promise<FoundService> {
    const object = (await this.named(argument)) ?? (await this.askForService(placeHolder));
    if (object.objectKind !== 'InferenceService') {
      throw new ModelDeckError('invalid-input', `${object.name} is a ${object.objectKind}, not an InferenceService.`);
    }
    const target = await (await this.services.clusters()).target(object.context, object.namespace);
    return { target, deploymentId: formatServiceRef(object), object };
  }

  /** The service or pod. */
  async object(argument: unknown, placeHolder: string): Promise<NamedObject> {
    return (await this.named(argument)) ?? (await this.askForService(placeHolder));
  }

  async connection(object: NamedObject): Promise<ClusterConnection> {
    return (await this.services.clusters()).connect(object.context);
  }

  async readService({ namespace, name, context }: NamedObject, signal?: AbortSignal): Promise<InferenceService> {
    const connection = await (await this.services.clusters()).connect(context);
    return connection.get(inferenceServices, { name, namespace }, { signal });
  }

  /** The pod itself, or those of the service. */
  async podsOf(object: NamedObject, signal?: AbortSignal): Promise<readonly Pod[]> {
    const connection = await this.connection(object);
    const { namespace, name } = object;
    if (object.objectKind === 'Pod') return [await connection.get(pods, { name, namespace }, { signal })];
    const labelSelector = `${kserveLabels.inferenceService}=${name}`;
    return (await connection.list(pods, { namespace, labelSelector }, { signal })).items;
  }

  /** Events about the object; of a service, also about what KServe made for it. */
  async eventsOf(object: NamedObject, signal?: AbortSignal): Promise<readonly KubeEvent[]> {
    const connection = await this.connection(object);
    const { namespace, name, objectKind } = object;
    const isService = objectKind === 'InferenceService';
    const fieldSelector = isService ? undefined : `involvedObject.name=${name},involvedObject.kind=${objectKind}`;
    const { items } = await connection.list(events, { namespace, fieldSelector }, { signal });
    if (!isService) return items;
    // What KServe makes is named after the service and its component: net-predictor, net-predictor-5f…-x2.
    const made = new RegExp(`^${name}-(predictor|transformer|explainer)($|-)`);
    return items.filter(({ involvedObject }) => involvedObject?.name === name || made.test(involvedObject?.name ?? ''));
  }

  private async named(argument: unknown): Promise<NamedObject | undefined> {
    const ofRow = objectOfRow(rowSubject(argument));
    if (ofRow) return ofRow;
    const named = objectOfArgument(argument, undefined);
    if (named) return named;
    const { contexts } = await (await this.services.clusters()).kubeconfig();
    return objectOfArgument(argument, contexts.find(({ isCurrent }) => isCurrent)?.name);
  }

  /** Offers what is known already, and any other namespace. */
  private async askForService(placeHolder: string): Promise<NamedObject> {
    const clusters = await this.services.clusters();
    const known = clusters.openTargets().flatMap((target) =>
      target.deployments().map(({ name, state }) => ({
        label: name,
        description: `${target.label} · ${state}`,
        object: {
          context: target.cluster.context,
          namespace: target.cluster.namespace,
          objectKind: 'InferenceService',
          name,
        },
      })),
    );
    const elsewhere = { label: '$(server-environment) In another namespace…', description: '', object: undefined };
    const chosen =
      known.length === 0 ? elsewhere : await vscode.window.showQuickPick([...known, elsewhere], { placeHolder });
    if (chosen === undefined) throw ModelDeckError.cancelled();
    return chosen.object ?? this.askElsewhere(placeHolder);
  }

  private async askElsewhere(placeHolder: string): Promise<NamedObject> {
    const clusters = await this.services.clusters();
    const { contexts } = await clusters.kubeconfig();
    if (contexts.length === 0) {
      throw new ModelDeckError('not-found', 'No kubeconfig with a cluster was found.', {
        remedy: 'Choose a kubeconfig, or make a cluster, for example with minikube start.',
        nextStep: { kind: 'choose-kubeconfig' },
      });
    }
    const context = await pick(
      contexts.map(({ name, isCurrent }) => ({ label: name, description: isCurrent ? 'current' : '' })),
      prompts.context,
    );
    const preferred = contexts.find(({ name }) => name === context)?.namespace ?? 'default';
    const namespace = await vscode.window.showInputBox({
      title: context,
      prompt: prompts.namespace,
      value: this.services.namespaces.of(context)[0] ?? preferred,
      validateInput: namespaceComplaint,
    });
    if (namespace === undefined) throw ModelDeckError.cancelled();
    const { items } = await (await clusters.connect(context)).list(inferenceServices, { namespace });
    if (items.length === 0) {
      throw new ModelDeckError('not-found', `No InferenceService was found in ${namespace} of ${context}.`, {
        remedy: 'Deploy a model first, or choose another namespace.',
        nextStep: { kind: 'deploy-model' },
      });
    }
    const name = await pick(
      items.map(({ metadata }) => ({ label: metadata.name, description: `${context} / ${namespace}` })),
      placeHolder,
    );
    return { context, namespace, objectKind: 'InferenceService', name };
  }
}

async function pick(items: readonly vscode.QuickPickItem[], placeHolder: string): Promise<string> {
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw ModelDeckError.cancelled();
  return chosen.label;
}
