import type { ClusterObject } from '../../foundation/error.ts';
import { parseServiceRef, type ServiceRef } from '../../targets/kserve/serviceRef.ts';
import type { NodeSubject } from '../../views/treeNode.ts';

/** An object of a cluster, as commands name it: what a next step carries, with its context known. */
export type NamedObject = ClusterObject & { readonly context: string };

/** The object that a row stands for, when a cluster has it. */
export function objectOfRow(subject: NodeSubject | undefined): NamedObject | undefined {
  switch (subject?.kind) {
    case 'service':
      return serviceObject({ context: subject.contextName, namespace: subject.namespace, name: subject.name });
    case 'component':
      return serviceObject({ context: subject.contextName, namespace: subject.namespace, name: subject.service });
    case 'pod':
    case 'container':
      return {
        context: subject.contextName,
        namespace: subject.namespace,
        objectKind: 'Pod',
        name: subject.pod,
      };
    case 'deployment':
      return serviceOfId(subject.deployment.id);
    default:
      return undefined;
  }
}

/**
 * The object that a script, or a next step, names: `{ deploymentId }`, or `{ context, namespace, name, objectKind }`, an
 * InferenceService when the kind is left out.
 *
 * @param currentContext stands in where no context is named
 */
export function objectOfArgument(argument: unknown, currentContext: string | undefined): NamedObject | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const text = (field: string): string | undefined => {
    const value = (argument as Readonly<Record<string, unknown>>)[field];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const id = text('deploymentId');
  if (id !== undefined) return serviceOfId(id);
  const [namespace, name, context = currentContext] = [text('namespace'), text('name'), text('context')];
  if (namespace === undefined || name === undefined || context === undefined) return undefined;
  return { context, namespace, objectKind: text('objectKind') ?? 'InferenceService', name };
}

function serviceOfId(deploymentId: string): NamedObject | undefined {
  const ref = parseServiceRef(deploymentId);
  return ref && serviceObject(ref);
}

function serviceObject(ref: ServiceRef): NamedObject {
  return { ...ref, objectKind: 'InferenceService' };
}
