import type { Finding } from '../../../read/detection.ts';
import { located, type CheckContext } from './context.ts';

/** The name is the archive's base name, the key of the snapshot and a segment of the URL. */
export function checkName({ spec, at }: Pick<CheckContext, 'spec' | 'at'>): Finding[] {
  const { name } = spec;
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) return [];
  const place = located(at('name'));
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) {
    return [
      {
        code: 'name-dots',
        severity: 'error',
        message: `name: ${name} has a dot in it.`,
        remedy: `Write ${name.replace(/\.+/g, '-')}; the version has a field of its own.`,
        // The wrapper of TorchServe 0.10 and later looks for files whose only suffix is .mar.
        laterMessage: 'ModelMissingError, from the KServe wrapper: the container restarts without end.',
        ...place,
      },
    ];
  }
  return [
    {
      code: 'name-characters',
      severity: 'error',
      message: `name: ${JSON.stringify(name)} cannot be a model's name.`,
      remedy: 'Use letters, digits, - and _, with a letter or digit first.',
      laterMessage: 'Model name contains special characters.',
      ...place,
    },
  ];
}
