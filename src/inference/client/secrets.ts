import type { Endpoint, ExchangeRequest } from '../endpoint.ts';

/** What stands where a secret was. */
export const hiddenText = '(hidden)';
/** Shorter words are too common to be taken out of an answer. */
const shortestSecret = 8;

/** The endpoint's headers for the eye: every value but Host's is hidden. */
export function shownHeaders({ headers = {} }: Endpoint): ExchangeRequest['headers'] {
  return Object.entries(headers).map(([name, value]) => ({ name, value: isHost(name) ? value : hiddenText }));
}

/** Takes the values of secret headers out of a server's text: some servers repeat what they were sent. */
export function withoutSecrets(text: string, { headers = {} }: Pick<Endpoint, 'headers'>): string {
  let clean = text;
  for (const [name, value] of Object.entries(headers)) {
    if (isHost(name)) continue;
    // The whole value, then its parts: the token after "Bearer", the value of each cookie.
    for (const secret of [value, ...value.split(/[\s;,]+|(?<=[^=])=(?=[^=])/)]) {
      if (secret.length >= shortestSecret) clean = clean.replaceAll(secret, hiddenText);
    }
  }
  return clean;
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}
