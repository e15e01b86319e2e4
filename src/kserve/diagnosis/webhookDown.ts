import { refusedFor } from './refused.ts';

const webhook = 'failed calling webhook "([^"]+)"';

const silence = [
  'no endpoints available',
  'connection refused',
  'no route to host',
  'no such host',
  'deadline exceeded',
  'i/o timeout',
  'EOF',
];

/** A webhook that must be asked, and that does not answer. */
export const webhookDown = refusedFor([
  {
    code: 'webhook-certificate',
    category: 'server',
    pattern: new RegExp(`${webhook}.*?((?:x509: |tls: failed to verify certificate)[^\\n]*)`, 's'),
    summary: ([, name]) =>
      `The API server does not trust the certificate of the webhook ${name}, so that nothing can be admitted.`,
    remedy: (match) =>
      `Renew the certificate of ${ownerOf(match)} (cert-manager does it) and the caBundle of its webhook configuration.`,
  },
  {
    code: 'webhook-missing',
    category: 'not-found',
    pattern: new RegExp(`${webhook}.*?service "([^"]+)" not found`, 's'),
    summary: ([, name, service]) => `The webhook ${name} cannot be called: its Service ${service} does not exist.`,
    remedy: (match) =>
      `Install ${ownerOf(match)} completely, or remove its webhook configurations if it was uninstalled.`,
  },
  {
    code: 'webhook-down',
    category: 'unreachable',
    mayHeal: 'retry',
    pattern: new RegExp(`${webhook}(?:.*?\\b(${silence.join('|')})\\b)?`, 's'),
    summary: ([, name, why]) =>
      `The webhook ${name} does not answer${why === undefined ? '' : ` (${why})`}, so that nothing can be admitted.`,
    remedy: (match) => `Wait until ${ownerOf(match)} runs, or repair it, and try again.`,
  },
]);

function ownerOf([, name = '']: RegExpExecArray): string {
  if (/(^|\.)kserve[-.]/.test(name)) return 'the Deployment kserve-controller-manager';
  return /\.knative\.dev$/.test(name) ? "Knative Serving's webhook" : 'what answers the webhook';
}
