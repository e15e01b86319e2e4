/** The number that 16 bits of a half-precision float stand for. */
export function float16Value(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of the nearest 16-bit float, ties to even, as numpy's `astype(float16)` of a float32. */
export function float16Bits(value: number): number {
  float[0] = value;
  const all = bits[0] as number;
  const sign = (all >>> 16) & 0x8000;
  const exponent = (all >>> 23) & 0xff;
  const fraction = all & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200 | (fraction >>> 13));
  const wanted = exponent - 127 + 15;
  if (wanted >= 0x1f) return sign | 0x7c00;
  // Below the smallest normal number the leading one is written out, and the places for it are lost.
  const whole = wanted > 0 ? (wanted << 23) | fraction : 0x800000 | fraction;
  const dropped = wanted > 0 ? 13 : 14 - wanted;
  if (dropped > 24) return sign;
  const rest = whole & (2 ** dropped - 1);
  const halfway = 2 ** (dropped - 1);
  const kept = Math.floor(whole / 2 ** dropped);
  const isUp = rest > halfway || (rest === halfway && kept % 2 === 1);
  // A carry out of the fraction goes into the exponent, which is right, up to infinity.
  return sign | (kept + (isUp ? 1 : 0));
}
