/** How numbers are written in the page, each kind in one way. */

/** `42.1 %`; small ones keep two digits, so that they do not all look like zero. */
export function formatPercent(probability: number): string {
  const percent = probability * 100;
  const digits = percent < 10 ? 2 : percent < 99.95 ? 1 : 0;
  return `${percent.toFixed(digits)} %`;
}

/** A number as the model gave it: `14.86`, `-0.003210`, `1.234e-9`. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return value.toPrecision(4);
}

export function formatMs(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}
