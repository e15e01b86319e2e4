import type { OnnxVersions } from '../modelPackage.ts';

/** What a version of ONNX Runtime loads, at most. */
export interface OnnxLimits extends OnnxVersions {
  /** For example `1.15`. */
  readonly onnxRuntime: string;
}

/**
 * By version of ONNX Runtime, oldest first: 1.10 to 1.19 by the version of ONNX that each was built with; from 1.20 on tried
 * with each release (the largest numbers that an identity graph may have).
 */
const limits: readonly OnnxLimits[] = [
  { onnxRuntime: '1.10', irVersion: 8, opset: 15 },
  { onnxRuntime: '1.11', irVersion: 8, opset: 16 },
  { onnxRuntime: '1.12', irVersion: 8, opset: 17 },
  { onnxRuntime: '1.13', irVersion: 8, opset: 17 },
  { onnxRuntime: '1.14', irVersion: 8, opset: 18 },
  { onnxRuntime: '1.15', irVersion: 9, opset: 19 },
  { onnxRuntime: '1.16', irVersion: 9, opset: 19 },
  { onnxRuntime: '1.17', irVersion: 9, opset: 20 },
  { onnxRuntime: '1.18', irVersion: 10, opset: 21 },
  { onnxRuntime: '1.19', irVersion: 10, opset: 21 },
  { onnxRuntime: '1.20', irVersion: 10, opset: 21 },
  { onnxRuntime: '1.21', irVersion: 10, opset: 22 },
  { onnxRuntime: '1.22', irVersion: 10, opset: 22 },
  { onnxRuntime: '1.23', irVersion: 11, opset: 23 },
  { onnxRuntime: '1.24', irVersion: 13, opset: 25 },
  { onnxRuntime: '1.27', irVersion: 13, opset: 26 },
];

/**
 * What a version loads: that of the newest one in the table that is not newer. Undefined for one before the table.
 * @param version for example `1.15.0`
 */
export function limitsOf(version: string): OnnxLimits | undefined {
  const minor = minorOf(version);
  return limits.filter((entry) => minorOf(entry.onnxRuntime) <= minor).at(-1);
}

/** The oldest version, from a given one on, that has a graph's operators; undefined where none of the table has. */
export function oldestWith(opset: number, from: string): OnnxLimits | undefined {
  return limits.find((entry) => minorOf(entry.onnxRuntime) >= minorOf(from) && entry.opset >= opset);
}

/** The first version that loads a graph as it is; undefined where none of the table does. */
export function oldestFor({ irVersion, opset }: OnnxVersions): OnnxLimits | undefined {
  return limits.find((entry) => entry.irVersion >= irVersion && entry.opset >= opset);
}

/** A number that orders versions by their major and minor parts. @param version for example `1.15` or `1.15.0` */
export function minorOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}
