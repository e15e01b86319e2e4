/** Version in an image's tag; a tag that is none counts as the newest TorchServe. */
export function imageVersion(image: string): readonly number[] {
  const match = /:v?(\d+)\.(\d+)(?:\.(\d+))?[^/]*$/.exec(image);
  return match ? match.slice(1).map((part) => Number(part ?? 0)) : [0, 12, 0];
}

export function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [index, part] of wanted.entries()) {
    const have = version[index] ?? 0;
    if (have !== part) return have > part;
  }
  return true;
}
