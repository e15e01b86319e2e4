/** Bytes for the eye, in binary units: `4.9 MiB`. */
export function formatBytes(size: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  if (size < 1024) return `${size} ${size === 1 ? 'byte' : 'bytes'}`;
  const power = Math.min(units.length, Math.floor(Math.log2(size) / 10));
  return `${(size / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
