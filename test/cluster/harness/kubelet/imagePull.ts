import { backOffSeconds, pause } from './backOff.ts';
import type { PodEvent } from './podEvents.ts';
import type { ContainerPicture } from './podStatus.ts';

/** Images of which no registry knows. */
export function isMissingImage(image: string): boolean {
  return image.includes('does-not-exist');
}

/** Tries to pull an image that is not there, with a kubelet's words and pauses, until aborted. */
export async function failToPull(
  image: string,
  picture: ContainerPicture,
  tell: {
    readonly event: (event: Omit<PodEvent, 'fieldPath'>) => Promise<void>;
    readonly publish: () => Promise<void>;
  },
  signal: AbortSignal,
): Promise<void> {
  const reference = fullReference(image);
  const cause =
    `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": ` +
    `failed to resolve reference "${reference}": ${reference}: not found`;
  for (let failures = 1; !signal.aborted; failures++) {
    await tell.event({ type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` });
    await tell.event({ type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${cause}` });
    await tell.event({ type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' });
    picture.state = { waiting: { reason: 'ErrImagePull', message: cause } };
    await tell.publish();
    await pause(0.5, signal);
    await tell.event({ type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` });
    await tell.event({ type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' });
    const message = `Back-off pulling image "${image}": ErrImagePull: ${cause}`;
    picture.state = { waiting: { reason: 'ImagePullBackOff', message } };
    await tell.publish();
    await pause(backOffSeconds(failures), signal);
  }
}

/** With the registry and tag that are meant when there are none. */
function fullReference(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const name = hasRegistry ? image : `docker.io/${rest.length > 0 ? image : `library/${image}`}`;
  return /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
}
