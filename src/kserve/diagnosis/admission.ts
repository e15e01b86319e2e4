import { formatQuantity } from '../quantity.ts';
import { refusedFor } from './refused.ts';

/** Pods (or the InferenceService itself) that the namespace's rules do not admit. */
export const quotaExceeded = refusedFor([
  {
    code: 'quota-exceeded',
    category: 'no-space',
    pattern: /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: ([^\n]+)/,
    summary: ([, quota = '', requested = '', used = '', limited = ''], { namespace }) =>
      `The quota ${quota} of the namespace ${namespace} is used up (${shortages(requested, used, limited).join('; ')}).`,
    remedy: () => 'Ask for less, stop something else in the namespace, or have the quota raised.',
  },
  {
    code: 'quota-needs-resources',
    category: 'invalid-input',
    pattern: /failed quota: ([^:]+): must specify ([^\n]+)/,
    summary: ([, quota, what = ''], { namespace }) =>
      `The quota ${quota} of the namespace ${namespace} admits only pods that say ${what.replaceAll(' for: ', ' for ')}.`,
    remedy: () =>
      'Set requests and limits for CPU and memory of the model, and of the storage initializer if it is named.',
  },
]);

export const limitRange = refusedFor([
  {
    code: 'limit-range',
    category: 'invalid-input',
    pattern:
      /(maximum|minimum) (\S+) usage per (\w+) is (\S+?)[,.]\s+(?:but (?:request|limit) is ([^\s,\]]+)|No (?:request|limit) is specified)/,
    summary: ([, bound, resource = '', kind = '', allowed = '', asked], { namespace }) => {
      const range = `${bound === 'maximum' ? 'at most' : 'at least'} ${formatQuantity(resource, allowed)} of ${resource}`;
      const but = asked === undefined ? 'nothing is asked for' : `${formatQuantity(resource, asked)} is asked for`;
      return `A LimitRange of the namespace ${namespace} allows ${range} for each ${kind.toLowerCase()}, and ${but}.`;
    },
    remedy: () => 'Ask for resources within the LimitRange.',
  },
  {
    code: 'limit-range',
    category: 'invalid-input',
    pattern: /(\S+) max limit to request ratio per (\w+) is (\S+), but ([^\n\]]+)/,
    summary: ([, resource, kind = '', ratio, but], { namespace }) =>
      `A LimitRange of the namespace ${namespace} allows a ${kind.toLowerCase()} at most ${ratio} times its requested ${resource} as limit, but ${but}.`,
    remedy: () => 'Set requests and limits nearer to each other.',
  },
]);

export const podSecurity = refusedFor([
  {
    code: 'pod-security',
    category: 'forbidden',
    pattern: /violates PodSecurity "([^"]+)": ([^\n]+)/,
    summary: ([, level, why = ''], { namespace }) =>
      `Pod security "${level}" of the namespace ${namespace} does not admit the pod: ${brokenRules(why)}.`,
    remedy: () =>
      "Set the container's securityContext in the runtime, or deploy to a namespace whose label pod-security.kubernetes.io/enforce admits it.",
  },
]);

export const serviceAccountMissing = refusedFor([
  {
    code: 'service-account-missing',
    category: 'not-found',
    mayHeal: 'retry',
    pattern: /error looking up service account (\S+): serviceaccount "([^"]+)" not found/,
    summary: ([, , name], { namespace }) => `The ServiceAccount ${name} does not exist in the namespace ${namespace}.`,
    remedy: () => 'Make it, or name another one by serviceAccountName in the manifest.',
  },
]);

/** Whatever other admission webhooks say; the last of the refusals. */
export const admissionDenied = refusedFor([
  {
    code: 'admission-denied',
    category: 'forbidden',
    pattern: /admission webhook "([^"]+)" denied the request:? ?([^\n]*)/,
    summary: ([, webhook, why = ''], { name }) =>
      `The webhook ${webhook} does not admit ${name}: ${why.replace(/\.$/, '')}.`,
    remedy: () => 'Change what it names in the manifest.',
  },
]);

/** The rules' names without the containers that break them, which stand in parentheses. */
function brokenRules(why: string): string {
  const rules = why
    .replace(/\([^)]*\)/g, '')
    .replace(/\.$/, '')
    .split(',');
  return [...new Set(rules.map((rule) => rule.trim()))].filter((rule) => rule !== '').join(', ');
}

/** "requests.memory=2Gi" three times, as "requests.memory: 8.0 GiB asked for, 3.0 GiB of 4.0 GiB used". */
function shortages(requested: string, used: string, limited: string): string[] {
  const [asked, taken, hard] = [requested, used, limited].map(amounts);
  return [...(asked ?? [])].map(([resource, amount]) => {
    const show = (value: string | undefined): string => formatQuantity(resource, value ?? '0');
    return `${resource}: ${show(amount)} asked for, ${show(taken?.get(resource))} of ${show(hard?.get(resource))} used`;
  });
}

function amounts(text: string): Map<string, string> {
  const pairs = text.split(',').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([resource = '', amount = '']) => [resource, amount]));
}
