import { lookup } from 'node:dns/promises';

/** A name that is not known by then counts as unknown: the other routes are not to wait for a slow resolver. */
const patienceMs = 1500;

/** Whether this computer knows an address for a host name. */
export async function resolves(host: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs);
  });
  const known = lookup(host).then(
    () => true,
    () => false,
  );
  return Promise.race([known, late]).finally(() => clearTimeout(timer));
}
