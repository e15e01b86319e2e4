const newline = 0x0a;

/**
 * Reads a stream line by line, as fast as it comes. Lines that are longer than the limit are cut there.
 * @param onLine `whole` is false for a line that was cut
 */
export async function readLines(
  stream: AsyncIterable<Buffer>,
  maxBytes: number,
  onLine: (line: string, whole: boolean) => void,
): Promise<void> {
  let parts: Buffer[] = [];
  let size = 0;
  let whole = true;

  function keep(part: Buffer): void {
    const room = maxBytes - size;
    if (part.length > room) whole = false;
    if (room <= 0 || part.length === 0) return;
    parts.push(part.subarray(0, room));
    size += Math.min(part.length, room);
  }

  function hand(): void {
    const line = Buffer.concat(parts, size).toString('utf8');
    const isWhole = whole;
    parts = [];
    size = 0;
    whole = true;
    onLine(line, isWhole);
  }

  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, end));
      hand();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (size > 0) hand();
}
