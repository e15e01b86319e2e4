import { words } from './facts.ts';
import { refusedFor } from './refused.ts';

/** OpenShift: none of the constraints that the pod's ServiceAccount may use admits it. */
export const securityContextConstraint = refusedFor([
  {
    code: 'security-context-constraint',
    category: 'forbidden',
    pattern: /unable to validate against any security context constraint: ?\[?([^\n]*)/,
    summary: ([, why = ''], { name }) =>
      `OpenShift admits the pod of ${name} under no SecurityContextConstraints (SCC) that its ServiceAccount may use: ${words(why.replace(/\]$/, ''), 260)}.`,
    remedy: ([, why = ''], { evidence, namespace }) => {
      const account = evidence.isvc.spec.predictor.serviceAccountName ?? 'default';
      const refused = /"?([\w-]+)"?: Forbidden: not usable by user or serviceaccount/.exec(why)?.[1];
      // nonroot-v2 admits every user but root.
      const constraint = refused ?? (/runAsUser: Invalid value/.test(why) ? 'nonroot-v2' : '<SCC>');
      return `Take what it names (for example runAsUser) out of the runtime or the manifest, or have an administrator run "oc adm policy add-scc-to-user ${constraint} -z ${account} -n ${namespace}".`;
    },
  },
]);
