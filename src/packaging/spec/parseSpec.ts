import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv } from 'ajv';
import { FAILSAFE_SCHEMA, load } from 'js-yaml';
import schema from '../../../media/model-deck.schema.json' with { type: 'json' };
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { isRecord, type JsonObject } from '../../foundation/json.ts';
import type { Finding } from '../read/detection.ts';
import type { ModelSpec } from './modelSpec.ts';
import { contradictions } from './contradictions.ts';
import { locate } from './locate.ts';
import { schemaFinding } from './schemaFindings.ts';

/** Text that no hand has written: a larger file is not a spec, and aliases may make a small one huge. */
const largestSpec = 256 * 1024;

// Every scalar comes as the text that was written, so that `version: 1.10` stays 1.10; the schema says which are numbers.
const validate = new Ajv({ allErrors: true, verbose: true, coerceTypes: true }).compile<ModelSpec>(schema);

/**
 * Reads the text of a `model-deck.yaml`. Gives the spec, or findings that say for each field what is wrong with it and
 * in which line.
 *
 * @param file the path that the findings name
 */
export function parseSpec(
  text: string,
  file: string,
): { readonly spec?: ModelSpec; readonly findings: readonly Finding[] } {
  const name = path.basename(file);
  const finding = (message: string, remedy: string, line = 0, column = 0): { findings: Finding[] } => ({
    findings: [{ code: 'spec-syntax', severity: 'error', message, remedy, location: { path: file, line, column } }],
  });
  if (text.length > largestSpec) {
    return finding(
      `${name} has ${text.length} characters.`,
      'A spec is short: look whether the right file has this name.',
    );
  }
  let value: unknown;
  try {
    value = load(text, { schema: FAILSAFE_SCHEMA });
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
    return finding(`${name} is not YAML: ${reason ?? String(error)}.`, 'Correct the line.', mark?.line, mark?.column);
  }
  if (value === null || value === undefined) {
    return finding(`${name} is empty.`, 'It needs at least name, version and handler; or delete it to be asked.');
  }
  if (/^[^#\n]*[:\s-][&*][A-Za-z]/m.test(text)) {
    return finding(`${name} uses an anchor or alias.`, 'Write the value out.');
  }
  if (!validate(value)) {
    const errors = (validate.errors ?? []).filter(({ keyword }) => !frames.has(keyword));
    return { findings: errors.map((error) => schemaFinding(error, text, file)) };
  }
  const findings = contradictions(value).map(({ keys, message, remedy }) => ({
    code: 'spec-field',
    severity: 'error' as const,
    message,
    remedy,
    location: { path: file, ...locate(text, keys) },
  }));
  return findings.length > 0 ? { findings } : { spec: value, findings };
}

/** Keywords that only frame others, whose own complaint says more. */
const frames = new Set(['if', 'anyOf', 'allOf']);

/**
 * @throws ModelDeckError `invalid-input` with the first finding and its line, or what the file system says
 */
export async function readSpec(file: string): Promise<ModelSpec> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, 'read the spec', file);
  }
  return readSpecText(text, file);
}

/** The same of text that is read already. @throws ModelDeckError `invalid-input` with the first finding and its line */
export function readSpecText(text: string, file: string): ModelSpec {
  const { spec, findings } = parseSpec(text, file);
  if (spec !== undefined) return spec;
  const [first] = findings;
  const location = first?.location ?? { path: file };
  const at = location.line === undefined ? '' : `, line ${location.line + 1}`;
  throw new ModelDeckError('invalid-input', `${path.basename(file)}${at}: ${first?.message ?? 'it is not a spec.'}`, {
    ...(first && { remedy: first.remedy }),
    location,
    nextStep: { kind: 'open-file', location },
  });
}

/** The fields of a text that need not be a valid spec, every scalar as it was written; none where it is no YAML. */
export function writtenIn(text: string): JsonObject {
  try {
    const document = load(text, { schema: FAILSAFE_SCHEMA });
    return isRecord(document) ? document : {};
  } catch {
    return {};
  }
}
