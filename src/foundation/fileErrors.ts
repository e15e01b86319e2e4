import { basename } from 'node:path';
import { ModelDeckError } from './error.ts';

/**
 * Gives an operating-system error its category and remedy; passes every other error through unchanged.
 *
 * @param doing what was being done, as it goes into a sentence, for example `read the weights`
 * @param path the file or folder it was done to
 */
export function fileError(error: unknown, doing: string, path: string): unknown {
  if (ModelDeckError.is(error) || !isErrnoException(error)) return error;
  const summary = (what: string): string => `Could not ${doing}: ${what} (${path}).`;
  const location = { path };
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ModelDeckError('not-found', summary('no such file or folder'), {
        brief: `${basename(path)} is missing`,
        remedy: 'Check the path, or choose another file.',
        location,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ModelDeckError('permission', summary('permission denied'), {
        brief: `no access to ${basename(path)}`,
        remedy: 'Choose a place that you may write to, or change its permissions.',
        location,
        cause: error,
      });
    case 'ENOSPC':
    case 'EDQUOT':
      return new ModelDeckError('no-space', summary('the disk is full'), {
        remedy: 'Free some space, or choose another disk.',
        location,
        cause: error,
      });
    case 'EEXIST':
      return new ModelDeckError('conflict', summary('it exists already'), { location, cause: error });
    case 'EISDIR':
      return new ModelDeckError('invalid-input', summary('it is a folder, not a file'), { location, cause: error });
    default:
      return new ModelDeckError('internal', summary(error.message), { location, cause: error });
  }
}

function isErrnoException(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}
