import { isRecord } from '../../foundation/json.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { DeploySpec } from '../../packaging/spec/modelSpec.ts';
import type { Stores } from '../../stores/stores.ts';
import type { NodeSubject } from '../../views/treeNode.ts';

/** What "Deploy Model…" was told beforehand, by its row or a script; nothing is asked for what is here. */
export interface DeployGiven extends DeploySpec {
  /** Id of a target that is there by itself; a cluster is named by its `context` instead. */
  readonly target?: string;
  /** `false`: no page with the plan, and no question that has a pre-filled answer. */
  readonly confirm?: boolean;
}

/** What a row says about where to deploy. */
export function givenByRow(subject: NodeSubject | undefined, stores: Pick<Stores, 'mountedIn'>): DeployGiven {
  switch (subject?.kind) {
    case 'target':
      return { target: subject.targetId };
    case 'context':
      return { context: subject.name };
    case 'namespace':
      return { context: subject.contextName, namespace: subject.namespace };
    case 'claim': {
      const { contextName, namespace, claim } = subject;
      return { context: contextName, namespace, claim };
    }
    case 'service': {
      const { contextName, namespace, name } = subject;
      return { context: contextName, namespace, name };
    }
    case 'model': {
      const place = stores.mountedIn(subject.model.storeId);
      // A model of a folder of this computer is put where the user says; every other one stays where it is.
      if (place === undefined) return subject.model.path === undefined ? { store: subject.model.storeId } : {};
      return { ...place };
    }
    default:
      return {};
  }
}

/**
 * What a script's argument object says:
 * `{ path, target: '<id of a target>' | { context, namespace }, claim, store, name, runtime, protocol, resources, minReplicas,
 * maxReplicas, confirm }`. An empty `runtime` leaves the choice to KServe; empty `resources` leave them to the runtime.
 *
 * @param targets ids of those that are there by themselves, for example `this-computer`
 * @throws ModelDeckError `invalid-input` naming the field that cannot be
 */
export function givenByScript(argument: unknown, targets: readonly string[]): DeployGiven {
  if (!isRecord(argument) || 'subject' in argument) return {};
  const { target, resources, protocol, confirm } = argument;
  const text = (field: string): string | undefined => checked(argument, field, 'a text', isText);
  const count = (field: string): number | undefined => checked(argument, field, 'a whole number', isCount);
  if (protocol !== undefined && protocol !== 'v1' && protocol !== 'v2') throw wrong('protocol', 'v1 or v2', protocol);
  if (confirm !== undefined && typeof confirm !== 'boolean') throw wrong('confirm', 'true or false', confirm);
  if (resources !== undefined && !isQuantities(resources)) {
    throw wrong('resources', 'an object of quantities, for example { cpu: 1, memory: "2Gi" }', resources);
  }
  return defined({
    ...place(target, targets),
    claim: text('claim'),
    store: text('store'),
    name: text('name'),
    runtime: text('runtime'),
    protocol,
    resources: resources && texts(resources),
    minReplicas: count('minReplicas'),
    maxReplicas: count('maxReplicas'),
    confirm,
  });
}

function place(target: unknown, targets: readonly string[]): DeployGiven {
  if (target === undefined) return {};
  const known = targets.find((id) => id === target);
  if (known !== undefined) return { target: known };
  if (!isRecord(target)) {
    const ids = targets.map((id) => JSON.stringify(id)).join(' or ');
    throw wrong('target', `${ids}, or an object with context and namespace`, target);
  }
  const context = checked(target, 'context', 'a text', isText);
  if (context === undefined) throw wrong('target.context', 'the name of a context', undefined);
  return defined({ context, namespace: checked(target, 'namespace', 'a text', isText) });
}

function checked<T>(
  of: Readonly<Record<string, unknown>>,
  field: string,
  what: string,
  is: (value: unknown) => value is T,
): T | undefined {
  const value = of[field];
  if (value === undefined || is(value)) return value;
  throw wrong(field, what, value);
}

function wrong(field: string, what: string, value: unknown): ModelDeckError {
  return new ModelDeckError(
    'invalid-input',
    `modelDeck.deployModel: the argument ${field} is ${JSON.stringify(value) ?? 'missing'}; it must be ${what}.`,
    { remedy: 'Correct the script or key binding that runs the command.' },
  );
}

/** Without the fields that are undefined, so that the rest can be laid over something. */
export function defined<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isQuantities(value: unknown): value is Readonly<Record<string, string | number>> {
  return isRecord(value) && Object.values(value).every((amount) => isText(amount) || typeof amount === 'number');
}

function texts(quantities: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(quantities).map(([resource, amount]) => [resource, String(amount)]));
}
