import { kserveLabels } from './annotations.ts';
import { rendered, usualDomainTemplate } from './domainTemplate.ts';
import type { InferenceServiceConfig } from './inferenceServiceConfig.ts';
import type { InferenceService } from './resources/inferenceService.ts';

/** The address of a service as the outside knows it, taken apart. */
export interface ServiceUrl {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port?: number;
  /** Empty, or with a slash before it and none behind. */
  readonly path: string;
}

/** What the service is called outside of the cluster, or why it has no name there. */
export type KnownUrl = { readonly url: ServiceUrl; readonly from: string } | { readonly problem: string };

/** Of Knative; KServe's is in {@link kserveLabels}. */
const knativeVisibility = 'networking.knative.dev/visibility';

/**
 * The address of a service outside of the cluster: that of its status, else the one that KServe's settings make of its name.
 * That there is one does not mean that anything leads there: KServe writes it also when it makes no ingress.
 */
export function serviceUrl(service: InferenceService, config?: InferenceServiceConfig): KnownUrl {
  const { metadata, status } = service;
  const label = [kserveLabels.visibility, knativeVisibility].find((key) => metadata.labels?.[key] === 'cluster-local');
  if (label !== undefined) return { problem: `The service is for the cluster only (label ${label}).` };
  if (status?.url !== undefined) {
    const url = parseServiceUrl(status.url);
    if (url === undefined) return { problem: `${status.url} of its status is no address of HTTP.` };
    if (isInsideCluster(url.host)) return { problem: `Its address ${url.host} is inside the cluster only.` };
    return { url, from: 'status.url' };
  }
  const made = config && configuredUrl(service, config);
  return made ? { url: made, from: 'inferenceservice-config' } : { problem: 'The service has no address yet.' };
}

/** @returns undefined for what is no address of HTTP */
export function parseServiceUrl(text: string): ServiceUrl | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  return {
    scheme: protocol === 'https:' ? 'https' : 'http',
    host: hostname,
    ...(port !== '' && { port: Number(port) }),
    path: pathname.replace(/\/+$/, ''),
  };
}

/** `<service>.<namespace>.svc`, whatever the cluster's domain behind it is. */
export function isInsideCluster(host: string): boolean {
  return /^[^.]+\.[^.]+\.svc(\.|$)/.test(host) || /\.cluster\.local$/.test(host);
}

/** @see KServe v0.20 `GenerateDomainName` and `GenerateUrlPath` in `pkg/controller/v1beta1/inferenceservice/reconcilers/ingress` */
function configuredUrl({ metadata }: InferenceService, { ingress }: InferenceServiceConfig): ServiceUrl | undefined {
  const { domain, urlScheme = 'http' } = ingress;
  const { domainTemplate = usualDomainTemplate, pathTemplate } = ingress;
  if (domain === undefined) return undefined;
  const values = {
    Name: metadata.name,
    Namespace: metadata.namespace ?? '',
    IngressDomain: domain,
    Labels: metadata.labels ?? {},
    Annotations: metadata.annotations ?? {},
  };
  const host = pathTemplate === undefined ? rendered(domainTemplate, values) : domain;
  const path = rendered(pathTemplate ?? '', values);
  const url = host === undefined || path === undefined ? undefined : parseServiceUrl(`${urlScheme}://${host}${path}`);
  return url && isInsideCluster(url.host) ? undefined : url;
}
