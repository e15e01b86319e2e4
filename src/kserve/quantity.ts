import { formatBytes } from '../foundation/formatBytes.ts';
import type { Quantity } from './resources/core.ts';

/**
 * Kubernetes quantities (`500m`, `2Gi`, `1e3`), compared exactly. Kubernetes keeps nothing finer than 10⁻⁹, so that every
 * quantity is a whole number of nano-units: nano-CPUs, nano-bytes.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
const nano = 1_000_000_000n;

/** Suffix to [multiplier, divisor]. */
const suffixes: Readonly<Record<string, readonly [bigint, bigint]>> = {
  n: [1n, nano],
  u: [1n, 1_000_000n],
  m: [1n, 1000n],
  '': [1n, 1n],
  k: [10n ** 3n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [1n << 10n, 1n],
  Mi: [1n << 20n, 1n],
  Gi: [1n << 30n, 1n],
  Ti: [1n << 40n, 1n],
  Pi: [1n << 50n, 1n],
  Ei: [1n << 60n, 1n],
};

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d{1,2})|([KMGTPE]i|[numkMGTPE])?)$/;

/** In nano-units, rounded up as Kubernetes does; undefined for what is no quantity. A number counts as it is written. */
export function parseQuantity(quantity: Quantity): bigint | undefined {
  const match = pattern.exec(String(quantity).trim());
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentSign, exponent, suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  let numerator = BigInt(whole + fraction) * nano;
  let denominator = 10n ** BigInt(fraction.length);
  if (exponentSign !== undefined) {
    const power = Number(exponent);
    if (power >= 0) numerator *= 10n ** BigInt(power);
    else denominator *= 10n ** BigInt(-power);
  } else {
    const [times, by] = suffixes[suffix] ?? [1n, 1n];
    numerator *= times;
    denominator *= by;
  }
  const value = (numerator + denominator - 1n) / denominator;
  return sign === '-' ? -value : value;
}

/** Negative when `a` is less than `b`, as `Array.sort` wants it. A text that is no quantity counts as 0. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const difference = (parseQuantity(a) ?? 0n) - (parseQuantity(b) ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** For the eye: memory and storage in binary units (`4.0 GiB`), CPUs with at most three decimals (`0.5 CPU`), others as a number. */
export function formatQuantity(resource: string, value: bigint | Quantity): string {
  const amount = typeof value === 'bigint' ? value : parseQuantity(value);
  if (amount === undefined) return String(value);
  if (/memory|storage|hugepages/.test(resource)) return formatBytes(Number(amount / nano));
  const number = Number(amount / 1_000_000n) / 1000;
  return /(^|\.)cpu$/.test(resource) ? `${number} CPU` : String(number);
}

/** One sentence when the text cannot be asked for, undefined when it can. */
export function quantityProblem(resource: string, text: Quantity): string | undefined {
  const value = parseQuantity(text);
  if (value === undefined) return `"${text}" is no amount of ${resource}: write for example ${example(resource)}.`;
  if (value < 0n) return `"${text}" is less than nothing of ${resource}.`;
  if (/memory|storage/.test(resource) && value > 0n && value < nano) {
    return `"${text}" of ${resource} is less than one byte: "m" means a thousandth, "Mi" means 2²⁰.`;
  }
  return undefined;
}

function example(resource: string): string {
  return /memory|storage/.test(resource) ? '2Gi' : resource === 'cpu' ? '500m or 2' : '1';
}
