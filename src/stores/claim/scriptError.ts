import { ModelDeckError } from '../../foundation/error.ts';
import { formatBytes } from '../../foundation/formatBytes.ts';
import { readFreeBytes } from './claimAnswers.ts';
import { uploadSettings, type ClaimPlace } from './claimPlace.ts';

/** What a script that failed has left. */
export interface ScriptFailure {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Makes the error of a script that failed in the upload pod. */
export function scriptError(
  place: ClaimPlace,
  { doing, needs }: { readonly doing: string; readonly needs?: number },
  { stdout, stderr, exitCode }: ScriptFailure,
): ModelDeckError {
  const said = lastComplaint(stderr);
  const failed = (reason: string): string => `The claim "${place.claim}" could not ${doing}: ${reason}.`;
  const cause = new Error(said === '' ? `exit code ${exitCode}` : said);
  if (/No space left on device|quota exceeded/i.test(said)) {
    return noSpaceError(place, doing, readFreeBytes(stdout), needs, cause);
  }
  if (/Read-only file system/i.test(said)) {
    return new ModelDeckError('permission', failed('it is mounted read-only'), {
      remedy: 'Choose a claim that can be written to, or mount its volume for writing.',
      cause,
    });
  }
  if (/Permission denied|Operation not permitted/i.test(said)) {
    const user = place.uid === undefined ? 'the user that the cluster gave the upload pod' : `user ${place.uid}`;
    const chown = place.uid === undefined ? 'chmod -R g+rwX' : `chown -R ${place.uid}`;
    return new ModelDeckError('permission', failed(`${user} may not write there (${said})`), {
      remedy: `Set ${uploadSettings.uid} to the user that owns the volume, or run ${chown} on it: volumes of kind hostPath and NFS pay no heed to fsGroup.`,
      nextStep: { kind: 'open-setting', setting: uploadSettings.uid },
      cause,
    });
  }
  if (exitCode === 126 || exitCode === 127) return missingToolsError(said);
  return new ModelDeckError('server', failed(said === '' ? `the command ended with ${exitCode}` : said), {
    remedy: 'Look at the volume behind the claim and at its storage driver, then try again.',
    nextStep: { kind: 'retry' },
    cause,
  });
}

/**
 * @param doing as it goes into a sentence, for example `receive resnet18 1.0`
 * @param free bytes that are free in the claim, when it tells
 * @param needed bytes that are still to come, when known
 */
export function noSpaceError(
  { claim }: ClaimPlace,
  doing: string,
  free: number | undefined,
  needed: number | undefined,
  cause?: unknown,
): ModelDeckError {
  const room = free === undefined ? 'it is full' : `it has ${formatBytes(free)} free`;
  const need = needed === undefined ? '' : `, and ${formatBytes(needed)} more ${needed === 1 ? 'is' : 'are'} needed`;
  return new ModelDeckError('no-space', `The claim "${claim}" could not ${doing}: ${room}${need}.`, {
    remedy: `Remove models from the claim "${claim}", or enlarge it.`,
    nextStep: { kind: 'retry' },
    cause,
  });
}

/** @param tools separated by blanks, or what the shell said */
export function missingToolsError(tools: string): ModelDeckError {
  return new ModelDeckError('missing-tool', `The image of the upload pod lacks what an upload needs: ${tools}.`, {
    remedy: `Set ${uploadSettings.image} to an image that has a shell and the core utilities, for example a Debian or busybox image of your registry.`,
    nextStep: { kind: 'open-setting', setting: uploadSettings.image },
  });
}

/** The last line that is not one of `dd`'s counts. */
function lastComplaint(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const complaints = lines.filter(
    (line) => line !== '' && !/^\d+\+\d+ records (in|out)$|^\d+ bytes .*copied/.test(line),
  );
  const chosen = complaints.find((line) => /space|quota|denied|permitted|Read-only/i.test(line)) ?? complaints.at(-1);
  return (chosen ?? '').slice(0, 300).replace(/\.$/, '');
}
