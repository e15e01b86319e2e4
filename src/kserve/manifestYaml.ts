import { dump } from 'js-yaml';
import type { KubeObject } from '../cluster/objects/resource.ts';
import { inferenceServiceNameProblem } from './kubernetesNames.ts';
import { isRecord, type JsonObject } from '../foundation/json.ts';
import { quantityProblem } from './quantity.ts';
import type { InferenceService } from './resources/inferenceService.ts';
import { storageUriProblem } from './storageUri.ts';
import { parseYamlWithLines, type YamlLines } from './yamlLines.ts';

/** What is wrong in the text of a manifest. `line` is zero-based, as in VS Code. */
export interface ManifestFinding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly line: number;
  readonly column?: number;
}

export interface ParsedManifest {
  /** Only without findings of severity `error`. */
  readonly manifest?: InferenceService;
  readonly findings: readonly ManifestFinding[];
}

/** As `kubectl get -o yaml` writes it: two spaces, keys in the object's order, long lines kept, texts quoted where YAML needs it. */
export function toYaml(object: KubeObject): string {
  return dump(object, { lineWidth: -1, noRefs: true, skipInvalid: true });
}

/**
 * Reads an edited manifest of an InferenceService. What KServe's own webhook checks is left to the dry run, that has the
 * last word; here is what would only be understood later, or not at all.
 *
 * @param expected the object that was edited: its name and namespace cannot change
 */
export function fromYaml(
  text: string,
  expected?: { readonly name: string; readonly namespace?: string },
): ParsedManifest {
  const parsed = parseYamlWithLines(text);
  if ('problem' in parsed) return { findings: [{ severity: 'error', ...parsed.problem }] };
  const { value, lines } = parsed;
  if (!isRecord(value)) {
    return { findings: [{ severity: 'error', message: 'The manifest is empty or no object.', line: 0 }] };
  }
  const findings = [
    ...kindFindings(value, lines),
    ...metadataFindings(value, lines, expected),
    ...predictorFindings(value, lines),
  ];
  if (findings.some(({ severity }) => severity === 'error')) return { findings };
  return { manifest: value as unknown as InferenceService, findings };
}

type Path = readonly (string | number)[];

function finding(
  lines: YamlLines,
  path: Path,
  message: string,
  severity: 'error' | 'warning' = 'error',
): ManifestFinding {
  return { severity, message, line: lines.lineOf(path) };
}

function kindFindings(value: JsonObject, lines: YamlLines): ManifestFinding[] {
  const { kind, apiVersion } = value;
  if (kind !== 'InferenceService') {
    return [finding(lines, ['kind'], `kind is ${show(kind)}; an InferenceService is applied here.`)];
  }
  if (apiVersion !== 'serving.kserve.io/v1beta1') {
    return [
      finding(lines, ['apiVersion'], `apiVersion is ${show(apiVersion)}; it has to be serving.kserve.io/v1beta1.`),
    ];
  }
  return [];
}

function metadataFindings(
  value: JsonObject,
  lines: YamlLines,
  expected: { readonly name: string; readonly namespace?: string } | undefined,
): ManifestFinding[] {
  const metadata = value['metadata'];
  if (!isRecord(metadata)) return [finding(lines, ['metadata'], 'metadata is missing.')];
  const { name, namespace } = metadata;
  const findings: ManifestFinding[] = [];
  const at = (key: string, message: string): void => void findings.push(finding(lines, ['metadata', key], message));
  if (typeof name !== 'string') at('name', `metadata.name is ${show(name)}; it has to be a text.`);
  else if (expected !== undefined && name !== expected.name) {
    at(
      'name',
      `The name changed from "${expected.name}" to "${name}": a name cannot change; deploy a new one instead.`,
    );
  } else {
    const problem = inferenceServiceNameProblem(name);
    if (problem !== undefined) at('name', problem);
  }
  if (expected?.namespace !== undefined && namespace !== undefined && namespace !== expected.namespace) {
    at('namespace', `The namespace changed from "${expected.namespace}" to ${show(namespace)}: it cannot change.`);
  }
  for (const field of ['annotations', 'labels']) findings.push(...textFindings(metadata[field], field, lines));
  return findings;
}

/** YAML makes numbers and booleans of `1.0` and `true`; Kubernetes wants texts, and answers with a message of its decoder. */
function textFindings(record: unknown, field: string, lines: YamlLines): ManifestFinding[] {
  if (record === undefined || record === null) return [];
  if (!isRecord(record)) return [finding(lines, ['metadata', field], `metadata.${field} has to be keys and texts.`)];
  return Object.entries(record).flatMap(([key, value]) =>
    typeof value === 'string'
      ? []
      : [finding(lines, ['metadata', field, key], `The value of "${key}" has to be a text: put it in quotes.`)],
  );
}

function predictorFindings(value: JsonObject, lines: YamlLines): ManifestFinding[] {
  const spec = value['spec'];
  const predictor = isRecord(spec) ? spec['predictor'] : undefined;
  const at: Path = ['spec', 'predictor'];
  if (!isRecord(predictor)) return [finding(lines, at, 'spec.predictor is missing.')];
  const model = predictor['model'];
  const findings = replicaFindings(predictor, lines);
  if (!isRecord(model)) return findings;
  const format = model['modelFormat'];
  if (!isRecord(format) || typeof format['name'] !== 'string') {
    findings.push(finding(lines, [...at, 'model', 'modelFormat'], 'spec.predictor.model.modelFormat.name is missing.'));
  }
  findings.push(...storageFindings(model, predictor, lines), ...resourceFindings(model, lines));
  return findings;
}

function storageFindings(model: JsonObject, predictor: JsonObject, lines: YamlLines): ManifestFinding[] {
  const { storageUri, storage } = model;
  const at: Path = ['spec', 'predictor', 'model'];
  if (storageUri === undefined) {
    if (storage !== undefined || predictor['storageUris'] !== undefined) return [];
    return [finding(lines, at, 'storageUri is missing: the server would start without a model.', 'warning')];
  }
  const problem = typeof storageUri === 'string' ? storageUriProblem(storageUri) : 'storageUri has to be a text.';
  return problem === undefined ? [] : [finding(lines, [...at, 'storageUri'], problem)];
}

function replicaFindings(predictor: JsonObject, lines: YamlLines): ManifestFinding[] {
  const { minReplicas, maxReplicas } = predictor;
  const findings: ManifestFinding[] = [];
  for (const [key, value] of Object.entries({ minReplicas, maxReplicas })) {
    if (value === undefined || (Number.isInteger(value) && Number(value) >= 0)) continue;
    findings.push(finding(lines, ['spec', 'predictor', key], `${key} is ${show(value)}; it has to be a whole number.`));
  }
  if (findings.length === 0 && Number(maxReplicas) > 0 && Number(minReplicas) > Number(maxReplicas)) {
    findings.push(
      finding(
        lines,
        ['spec', 'predictor', 'minReplicas'],
        `minReplicas ${String(minReplicas)} is more than maxReplicas ${String(maxReplicas)}.`,
      ),
    );
  }
  return findings;
}

function resourceFindings(model: JsonObject, lines: YamlLines): ManifestFinding[] {
  const resources = model['resources'];
  if (!isRecord(resources)) return [];
  return ['requests', 'limits'].flatMap((kind) =>
    Object.entries(isRecord(resources[kind]) ? resources[kind] : {}).flatMap(([resource, amount]) => {
      const isQuantity = typeof amount === 'string' || typeof amount === 'number';
      const problem = isQuantity
        ? quantityProblem(resource, amount)
        : `${show(amount)} is no amount of ${resource}: write a number or a text.`;
      return problem === undefined
        ? []
        : [finding(lines, ['spec', 'predictor', 'model', 'resources', kind, resource], problem)];
    }),
  );
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
