import assert from 'node:assert/strict';
import path from 'node:path';
import type { ClassOutput, ContractField, ImageInput } from '../../../../src/contract/modelContract.ts';
import { checkPackage, detectModelFolder } from '../../../../src/packaging/index.ts';
import type { Finding, WeightsKind } from '../../../../src/packaging/read/detection.ts';
import { labelsInOrder, readLabels } from '../../../../src/packaging/read/labels/readLabels.ts';
import type { ModelSpec } from '../../../../src/packaging/spec/modelSpec.ts';
import { writeFiles, type Files } from '../../writeFiles.ts';
import { laidOver, type SpecChange } from '../checksFixtures.ts';

/** Files that are written as JSON. */
export const json = (files: Readonly<Record<string, unknown>>): Files =>
  Object.fromEntries(Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)]));

/** A model folder as people have it, and what is right about it. */
export interface ReaderCase {
  /** The kind of folders that it stands for. */
  readonly kind: string;
  /** What is in it, as the end of a sentence. */
  readonly what: string;
  readonly files: Files;
  readonly right: Right;
}

/** Makes the cases of one kind. */
export const casesOf =
  (kind: string) =>
  (what: string, files: Files, right: Right): ReaderCase => ({ kind, what, files, right });

/** Only what is named is looked at. */
export interface Right {
  /** Of the suggested spec. */
  readonly weights?: string;
  readonly input?: Partial<ImageInput>;
  readonly output?: Partial<ClassOutput>;
  readonly origins?: Readonly<Partial<Record<ContractField, string>>>;
  /** Fields that nobody says, and that are marked so. */
  readonly assumed?: readonly ContractField[];
  readonly labels?: { readonly file?: string; readonly names: readonly string[] };
  readonly spec?: Partial<ModelSpec>;
  /** Laid over the suggestion before it is checked. */
  readonly change?: SpecChange;
  /** Codes of what the check finds; nothing when left out. */
  readonly findings?: readonly string[];
  /** Words of the finding with a place: file and zero-based line. */
  readonly at?: readonly [file: string, line: number];
  /** Of all that is said about the folder, rows and findings. */
  readonly says?: RegExp;
  readonly saysNot?: RegExp;
  /** Nothing is suggested. */
  readonly refused?: true | undefined;
  readonly kinds?: Readonly<Record<string, WeightsKind>>;
}

/** Writes the folder, reads it, checks the suggestion, and holds all of it against what is right. */
export async function expectRight(folder: string, { files, right }: ReaderCase): Promise<void> {
  await writeFiles(folder, files);
  const { suggestion, suggestions, weights } = await detectModelFolder(folder);
  const rows = weights.map(({ path: file, explanation }) => `${file}: ${explanation}`);
  const told = Object.values(suggestions).flatMap((one) => one.findings);
  const spec = suggestion && laidOver(suggestion, right.change);
  const findings = spec ? await checkPackage({ folder, spec }) : [];
  const all = [...rows, ...[...told, ...findings].map(({ message, remedy }) => `${message} ${remedy}`)].join('\n');
  assert.equal(suggestion === undefined, right.refused === true, all);
  for (const [file, kind] of Object.entries(right.kinds ?? {})) {
    assert.equal(weights.find((found) => found.path === file)?.kind, kind, all);
  }
  if (right.says) assert.match(all, right.says);
  if (right.saysNot) assert.doesNotMatch(all, right.saysNot);
  if (spec === undefined) return;
  expectSpec(spec, right, all);
  assert.deepEqual(findings.map(({ code }) => code).sort(), [...(right.findings ?? [])].sort(), all);
  if (right.at) assert.ok(findings.some(isAt(folder, right.at)), JSON.stringify(findings));
  if (right.labels) {
    const { file, names } = right.labels;
    assert.equal(spec.labels, file ?? spec.labels);
    const reading = spec.labels === undefined ? undefined : await readLabels(path.join(folder, spec.labels));
    assert.deepEqual(reading && labelsInOrder(reading), names);
  }
}

function expectSpec(
  spec: ModelSpec,
  { weights, input, output, origins, assumed, spec: said }: Right,
  all: string,
): void {
  if (weights !== undefined) assert.equal(spec.weights, weights, all);
  const parts: readonly (readonly [object | undefined, object | undefined])[] = [
    [spec.input, input],
    [spec.output, output],
    [spec.origins, origins],
    [spec, said],
  ];
  for (const [found, expected] of parts) {
    for (const [key, value] of Object.entries(expected ?? {})) {
      const is = (found as Readonly<Record<string, unknown>> | undefined)?.[key];
      assert.deepEqual(rounded(is), rounded(value), `${key}\n${all}`);
    }
  }
  for (const field of assumed ?? []) assert.equal(spec.origins?.[field], 'assumed', field);
}

function isAt(folder: string, [file, line]: readonly [string, number]): (finding: Finding) => boolean {
  return ({ location }) => location?.path === path.join(folder, file) && location.line === line;
}

/** Numbers of 32-bit floats to four digits. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(4));
  return Array.isArray(value) ? value.map(rounded) : value;
}
