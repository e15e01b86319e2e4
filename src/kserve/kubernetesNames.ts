import { transliterate } from '../foundation/transliterate.ts';
import { rendered, usualDomainTemplate } from './domainTemplate.ts';

/**
 * Name rules of Kubernetes and KServe. Each function gives one sentence that says what is wrong, or undefined for a
 * name that the API server and KServe's webhook accept.
 */

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** KServe v0.20 `inference_service_validation.go` (IsvcNameFmt). */
const inferenceServiceName = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** The longest text between two dots of a host name, and the longest value of a label. */
const longestLabel = 63;

/**
 * KServe makes pods with the label `app=isvc.<name>-predictor` and Services `<name>-predictor`, so that a name of an
 * InferenceService has less room than Kubernetes would give it (`constants.GetRawServiceLabel`).
 */
const longestInferenceServiceName = longestLabel - 'isvc.'.length - '-predictor'.length;
const longestWithTransformer = longestLabel - 'isvc.'.length - '-transformer'.length;

/**
 * The longest part of the host name that KServe makes of the predictor's Service (`createRawURL`).
 * @returns undefined for a template that says more than names: only KServe can fill it
 */
function hostPartOf(service: string, namespace: string, template = usualDomainTemplate): string | undefined {
  const names = { Name: service, Namespace: namespace, IngressDomain: 'd', Labels: {}, Annotations: {} };
  const host = rendered(template, names);
  return host?.split('.').sort((a, b) => b.length - a.length)[0];
}

export interface InferenceServiceNameOptions {
  /** The host of the predictor, usually `<name>-predictor-<namespace>`, has to fit into the parts of a host name. */
  readonly namespace?: string | undefined;
  readonly hasTransformer?: boolean | undefined;
  /** `spec.predictor.name`, which goes into all names, too. */
  readonly predictorName?: string | undefined;
  /** Of KServe's settings; as it comes when left out. */
  readonly domainTemplate?: string | undefined;
}

export function inferenceServiceNameProblem(
  name: string,
  options: InferenceServiceNameOptions = {},
): string | undefined {
  if (name === '') return 'An InferenceService needs a name.';
  if (!inferenceServiceName.test(name)) {
    return `"${name}" cannot name an InferenceService: use lower-case letters a-z, digits and "-", beginning with a letter and ending with a letter or digit.`;
  }
  const { namespace, predictorName = '', domainTemplate, hasTransformer = false } = options;
  const room = hasTransformer ? longestWithTransformer : longestInferenceServiceName;
  const longest = predictorName === '' ? room : Math.min(room, longestInferenceServiceName - predictorName.length - 1);
  if (name.length > longest) {
    return `"${name}" is too long for an InferenceService: KServe makes labels of it that have room for ${longest} characters, and it has ${name.length}.`;
  }
  if (namespace === undefined) return undefined;
  const service = [name, predictorName, 'predictor'].filter((part) => part !== '').join('-');
  const part = hostPartOf(service, namespace, domainTemplate) ?? '';
  if (part.length > longestLabel) {
    return `"${name}" is too long for the namespace "${namespace}": KServe's host name "${part}" has ${part.length} characters in one part, and ${longestLabel} are allowed.`;
  }
  return undefined;
}

/** How InferenceServices of a namespace may be called: a suggestion is always allowed. */
export function inferenceServiceNames(namespace: string): {
  readonly checkName: (name: string) => string | undefined;
  readonly suggestName: (modelName: string) => string;
} {
  // A namespace with so long a name that nothing fits has no allowed name at all; the check says so.
  const roomInHost = Math.max(1, longestLabel - `-predictor-${namespace}`.length);
  return {
    checkName: (name) => inferenceServiceNameProblem(name, { namespace }),
    suggestName: (modelName) => suggestLabel(modelName, Math.min(longestInferenceServiceName, roomInHost)),
  };
}

/**
 * The nearest name that begins with a letter and has only small letters, digits and `-`, for example `resnet-18-v1-0` of
 * `ResNet_18 v1.0`; `model` when nothing is left.
 * @param longest in characters
 */
export function suggestLabel(text: string, longest: number): string {
  const name = transliterate(text)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
  return name === '' ? 'model'.slice(0, longest) : name;
}

export function labelValueProblem(value: string): string | undefined {
  if (value.length > longestLabel) {
    return `"${value}" is too long for the value of a label: it has ${value.length} characters, and ${longestLabel} are allowed.`;
  }
  if (labelValue.test(value)) return undefined;
  return `"${value}" cannot be the value of a label: use letters, digits, "-", "_" and ".", beginning and ending with a letter or digit.`;
}

export function namespaceNameProblem(name: string): string | undefined {
  if (name.length <= longestLabel && dnsLabel.test(name)) return undefined;
  return `"${name}" cannot name a namespace: use at most ${longestLabel} lower-case letters a-z, digits and "-", beginning and ending with a letter or digit.`;
}

/** PersistentVolumeClaims, and other objects whose names are DNS subdomains: ServingRuntimes, ServiceAccounts, Secrets. */
export function objectNameProblem(kind: string, name: string): string | undefined {
  if (name === '') return `The name of the ${kind} is missing.`;
  if (name.length > 253) return `"${name.slice(0, 40)}…" is too long for a ${kind}: 253 characters are allowed.`;
  if (name.split('.').every((part) => dnsLabel.test(part))) return undefined;
  return `"${name}" cannot name a ${kind}: use lower-case letters a-z, digits, "-" and ".", beginning and ending with a letter or digit.`;
}

export function persistentVolumeClaimNameProblem(name: string): string | undefined {
  return objectNameProblem('PersistentVolumeClaim', name);
}
