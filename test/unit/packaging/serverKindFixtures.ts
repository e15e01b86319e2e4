import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PackageKind } from '../../../src/packaging/kinds/packageKind.ts';
import { sourceOf, type ModelPackage } from '../../../src/packaging/modelPackage.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { writeFiles, type Files } from '../writeFiles.ts';
import { folder, scratch } from './checksFixtures.ts';

export const spec: ModelSpec = {
  name: 'net',
  version: '1.0',
  weights: 'net.onnx',
  handler: 'model-deck:onnx-image-classifier',
  input: { width: 224, height: 224, mean: [0, 0, 0], std: [1, 1, 1] },
  output: { meaning: 'single-label', labels: ['cat', 'dog', 'owl'] },
};

export function put(files: Files): Promise<void> {
  return writeFiles(folder, files);
}

/** Packages what lies in the test's folder. */
export async function made(kind: PackageKind, files: Files, change: Partial<ModelSpec> = {}): Promise<ModelPackage> {
  await put(files);
  const outputFolder = path.join(scratch, 'made', path.basename(folder));
  return kind.write({ folder, spec: { ...spec, ...change }, outputFolder, force: true });
}

export function pathsOf({ files }: ModelPackage): readonly string[] {
  return files.map(({ path: file }) => file);
}

export async function textOf(model: ModelPackage, file: string): Promise<string> {
  return (await bytesOf(model, file)).toString('utf8');
}

export function bytesOf(model: ModelPackage, file: string): Promise<Buffer> {
  const found = model.files.find((one) => one.path === file);
  if (found === undefined) throw new Error(`The package has no ${file}.`);
  return readFile(sourceOf(model, found));
}

/** Findings as lines: severity, code, message. */
export async function findings(kind: PackageKind, change: Partial<ModelSpec> = {}, image?: string): Promise<string[]> {
  const found = await kind.check({ folder, spec: { ...spec, ...change }, ...(image !== undefined && { image }) });
  return found.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
}
