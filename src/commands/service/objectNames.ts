import type { ClusterObject } from '../../foundation/error.ts';
import type { NodeSubject } from '../../views/treeNode.ts';

/** An object of a cluster, as commands name it: what a next step carries, with its context known. */
export type NamedObject = ClusterObject & { readonly context: string };

/** The service that an id of a `KServeTarget` names: `kserve:<context>/<namespace>/<name>`; a context may have slashes. */
export function serviceOfId(deploymentId: string): NamedObject | undefined {
  const [, context, namespace, name] = /^kserve:(.+)\/([^/]+)\/([^/]+)$/.exec(deploymentId) ?? [];
  if (context === undefined || namespace === undefined || name === undefined) return undefined;
  return { context, namespace, objectKind: 'InferenceService', name };
}

/** The id of a service in a `KServeTarget`. */
export function idOfService({ context, namespace, name }: NamedObject): string {
  return `kserve:${context}/${namespace}/${name}`;
}

/** The object that a row stands for, when a cluster has it. */
export function objectOfRow(subject: NodeSubject | undefined): NamedObject | undefined {
  switch (subject?.kind) {
    case 'service':
      return service(subject.contextName, subject.namespace, subject.name);
    case 'component':
      return service(subject.contextName, subject.namespace, subject.service);
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

function service(context: string, namespace: string, name: string): NamedObject {
  return { context, namespace, objectKind: 'InferenceService', name };
}
