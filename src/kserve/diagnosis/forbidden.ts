import { refusedFor } from './refused.ts';

const pattern = /is forbidden: User "([^"]+)" cannot (\w+) resource "([^"]+)"/;

/** A right that is missing: ours, when the API server said it to us; else that of a controller. */
export const forbidden = refusedFor([
  {
    code: 'forbidden',
    category: 'forbidden',
    pattern,
    fits: (_match, _facts, { isOurs }) => isOurs,
    summary: ([, user = '', verb, resource], { namespace }) =>
      `${askerWords(user)} may not ${verb} ${resource} in the namespace ${namespace}.`,
    remedy: ([, , verb, resource]) =>
      `Ask for a Role with the verb ${verb} on ${resource}, or use another namespace or user.`,
  },
  {
    code: 'controller-forbidden',
    category: 'forbidden',
    pattern,
    summary: ([, user = '', verb, resource], { namespace }) => {
      const account = serviceAccountOf(user);
      const who = account === undefined ? user : `The ServiceAccount ${account.name} of a controller`;
      return `${who} may not ${verb} ${resource} in the namespace ${namespace}.`;
    },
    remedy: () => "Have an administrator restore the controller's ClusterRole and binding.",
  },
]);

function askerWords(user: string): string {
  const account = serviceAccountOf(user);
  return account === undefined ? user : `The ServiceAccount ${account.name} of the namespace ${account.namespace}`;
}

function serviceAccountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [system, kind, namespace, name] = user.split(':');
  const isAccount = system === 'system' && kind === 'serviceaccount' && namespace !== undefined && name !== undefined;
  return isAccount ? { namespace, name } : undefined;
}
