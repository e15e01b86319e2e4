const versionInTag = /:v?(\d+)\.(\d+)(?:\.(\d+))?[\w.-]*$/;

/** Of an image's tag that begins like a version, for example `[0, 9, 0]` of `pytorch/torchserve-kfs:0.9.0-gpu`. */
export function imageVersion(image: string): readonly number[] | undefined {
  const match = versionInTag.exec(image);
  return match === null ? undefined : match.slice(1).map((part) => Number(part ?? 0));
}

/** Whether a version comes before another one. */
export function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const at = version.findIndex((part, index) => part !== (other[index] ?? 0));
  return at !== -1 && (version[at] ?? 0) < (other[at] ?? 0);
}
