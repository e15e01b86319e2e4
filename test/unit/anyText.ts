/**
 * Texts of all kinds of characters, the same in each run: for tests of what has to hold for any text.
 * @param longest in characters, 40 when left out
 */
export function anyText(count: number, longest = 40): readonly string[] {
  let state = 0x2545f491;
  const random = (below: number): number => {
    // Marsaglia's xorshift: nothing but a spread is needed.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const ranges: readonly (readonly [number, number])[] = [
    [0x20, 0x7e],
    [0x30, 0x39],
    [0x61, 0x7a],
    [0xa0, 0x24f],
    [0x300, 0x36f],
    [0x370, 0x4ff],
    [0x1e00, 0x1eff],
    [0x2150, 0x218f],
    [0x4e00, 0x9fff],
    [0xff01, 0xff5e],
    [0x1f300, 0x1f6ff],
    [0, 0x1f],
  ];
  return Array.from({ length: count }, () =>
    Array.from({ length: random(longest + 1) }, () => {
      const [first, last] = ranges[random(ranges.length)] ?? [0x61, 0x7a];
      return String.fromCodePoint(first + random(last - first + 1));
    }).join(''),
  );
}
