import type { Vendoring } from '../../vendoring.ts';

/** What the name of a wheel says (PEP 427). */
export interface WheelName {
  readonly name: string;
  readonly version: string;
  readonly pythons: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

/** Undefined for a name that is no wheel's. @param file base name */
export function parseWheelName(file: string): WheelName | undefined {
  const [, name, version, pythons, abis, platforms] =
    /^([\w.]+)-([\w.+!]+)(?:-\d[\w.]*)?-([\w.]+)-([\w.]+)-([\w.]+)\.whl$/.exec(file) ?? [];
  if (name === undefined || version === undefined || !pythons || !abis || !platforms) return undefined;
  return {
    name: name.replace(/[-_.]+/g, '-').toLowerCase(),
    version,
    pythons: pythons.split('.'),
    abis: abis.split('.'),
    platforms: platforms.split('.'),
  };
}

/** Whether a wheel can be imported by a Python on Linux. The images are Debian's and Ubuntu's, with glibc. */
export function fits(wheel: WheelName, { python, machine }: Pick<Vendoring, 'python' | 'machine'>): boolean {
  const tag = `cp${python.replace('.', '')}`;
  const isPython = wheel.pythons.includes(tag) && wheel.abis.some((abi) => abi === tag || abi === 'abi3');
  return (
    isPython && wheel.platforms.some((platform) => /^(manylinux|linux)/.test(platform) && platform.endsWith(machine))
  );
}

/** Released versions in their order; those before a release count as older than all. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): readonly number[] =>
    /^\d+(\.\d+)*$/.test(version) ? version.split('.').map(Number) : [-1];
  const [first, second] = [parts(a), parts(b)];
  const length = Math.max(first.length, second.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (first[index] ?? 0) - (second[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
