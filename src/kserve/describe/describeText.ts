import { eventTime, eventTimeMs } from '../eventTime.ts';
import type { ContainerStatus, KubeEvent, Pod, Quantity } from '../resources/core.ts';
import { isGrpcOnly, servedModelOf } from '../servedModel.ts';
import { canaryWords } from '../serviceSummary.ts';
import { storageUrisOf } from '../storagePlaces.ts';
import type { InferenceService } from '../resources/inferenceService.ts';
import { ageOf } from './age.ts';

/** Objects as text for the reader, in the way of `kubectl describe`, and what was found out about them on top. */

/** What is known of a service. `why`: what keeps it from being ready, as sentences. */
export interface DescribedService {
  readonly service: InferenceService;
  readonly context: string;
  /** One line: `Ready`, or the state and its reason. */
  readonly status: string;
  readonly why: readonly string[];
  readonly pods: readonly Pod[];
  readonly events: readonly KubeEvent[];
  /** What else uses it, with its kind: `InferenceGraph router`. */
  readonly users?: readonly string[];
}

type Row = readonly [string, string | undefined];

export function describeService(described: DescribedService, now: number): string {
  const { service, status, why, pods, events, users = [] } = described;
  const conditions = (service.status?.conditions ?? []).map((condition) => [
    condition.type,
    condition.status,
    ageOf(condition.lastTransitionTime, now) ?? '',
    condition.reason ?? '',
    oneLine(condition.message),
  ]);
  return document(
    `InferenceService ${service.metadata.name}`,
    ['', `Status:  ${status}`, ...why.map((sentence) => `  ${sentence}`)],
    block('Place', placeRows(described, now)),
    block('Model', modelRows(service)),
    ...(users.length === 0 ? [] : [lines('Used by', users)]),
    block('Annotations', Object.entries(service.metadata.annotations ?? {})),
    lines('Conditions', columns(['Type', 'Status', 'Since', 'Reason', 'Message'], conditions)),
    lines('Pods', pods.length === 0 ? ['none'] : pods.flatMap((pod) => podLines(pod, now))),
    lines('Events', eventLines(events, now)),
  );
}

function placeRows({ service, context }: DescribedService, now: number): readonly Row[] {
  const { metadata, status } = service;
  const { creationTimestamp: created } = metadata;
  return [
    ['Context', context],
    ['Namespace', metadata.namespace],
    ['URL', status?.url],
    ['Inside the cluster', status?.address?.url],
    ['Created', created && `${created} (${ageOf(created, now) ?? ''} ago)`],
    ['Deletion asked for', metadata.deletionTimestamp],
    ['Finalizers', metadata.finalizers?.join(', ')],
  ];
}

function modelRows(service: InferenceService): readonly Row[] {
  const { spec, status } = service;
  const { minReplicas, maxReplicas } = spec.predictor;
  const model = servedModelOf(service);
  const { name, version } = model?.modelFormat ?? {};
  const protocol = model?.protocolVersion;
  return [
    ['Format', [name, version].filter(Boolean).join(' ')],
    ...storageRows(service),
    ...containerRows(service),
    ['Canaries', canaryWords(service).join('; ')],
    ['Protocol', protocol && isGrpcOnly(service) ? `${protocol}, by gRPC alone` : protocol],
    ['Runtime', model?.runtime ?? status?.clusterServingRuntimeName ?? status?.servingRuntimeName],
    ['Runtime version', model?.runtimeVersion],
    ['Requests', amounts(model?.resources?.requests)],
    ['Limits', amounts(model?.resources?.limits)],
    ['Replicas', replicas(minReplicas, maxReplicas)],
    ['Deployment mode', status?.deploymentMode],
    ['Model state', status?.modelStatus?.states?.activeModelState],
  ];
}

function storageRows(service: InferenceService): readonly Row[] {
  const { storageUri, storage } = servedModelOf(service) ?? {};
  const others = storageUrisOf(service).filter((uri) => uri !== storageUri);
  return [
    ['Storage', storageUri],
    ['Storage key', storage && [storage.key, storage.path].filter(Boolean).join(': ')],
    ['Further storage', others.join(', ')],
  ];
}

function containerRows(service: InferenceService): readonly Row[] {
  const { containers = [] } = service.spec.predictor;
  const args = [...(servedModelOf(service)?.args ?? []), ...containers.flatMap((container) => container.args ?? [])];
  return [
    ['Containers', containers.map(({ name, image }) => [name, image].filter(Boolean).join(' ')).join(', ')],
    ['Arguments', args.join(' ')],
  ];
}

export function describePod(pod: Pod, context: string, events: readonly KubeEvent[], now: number): string {
  const { metadata, spec, status } = pod;
  return document(
    `Pod ${metadata.name}`,
    block('Place', [
      ['Context', context],
      ['Namespace', metadata.namespace],
      ['Node', spec?.nodeName],
      ['Phase', status?.phase],
      ['Reason', [status?.reason, oneLine(status?.message)].filter(Boolean).join(': ')],
      ['Age', ageOf(metadata.creationTimestamp, now)],
    ]),
    block('Labels', Object.entries(metadata.labels ?? {})),
    lines('Containers', podLines(pod, now).slice(1)),
    lines(
      'Conditions',
      columns(
        ['Type', 'Status', 'Reason', 'Message'],
        (status?.conditions ?? []).map(({ type, status: state, reason, message }) => [
          type,
          state,
          reason ?? '',
          oneLine(message),
        ]),
      ),
    ),
    lines('Events', eventLines(events, now)),
  );
}

/** As `kubectl get events` lists them, oldest first, warnings marked. */
export function describeEvents(title: string, events: readonly KubeEvent[], now: number): string {
  return document(`Events of ${title}`, ['', ...eventLines(events, now)]);
}

function eventLines(events: readonly KubeEvent[], now: number): readonly string[] {
  if (events.length === 0) return ['none (Kubernetes forgets events after an hour)'];
  const sorted = [...events].sort((a, b) => eventTimeMs(a) - eventTimeMs(b));
  return columns(
    ['Age', 'Type', 'Reason', 'Object', 'Message'],
    sorted.map((event) => {
      const { type = '', reason = '', message, count, involvedObject } = event;
      const times = count !== undefined && count > 1 ? ` (${count} times)` : '';
      const object = [involvedObject?.kind, involvedObject?.name].filter(Boolean).join('/');
      return [ageOf(eventTime(event), now) ?? '', type, reason, object, `${oneLine(message)}${times}`];
    }),
  );
}

function podLines({ metadata, spec, status }: Pod, now: number): readonly string[] {
  const phase = metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating';
  const containers = [
    ...(status?.initContainerStatuses ?? []).map((container) => ({ ...container, kind: 'init' })),
    ...(status?.containerStatuses ?? []).map((container) => ({ ...container, kind: '' })),
  ];
  const rows = containers.map((container) => {
    const { name, kind, ready, restartCount = 0, image } = container;
    const marks = [
      kind,
      stateOf(container),
      ready === true && 'ready',
      restartCount > 0 && `restarted ${restartCount} times`,
    ];
    return [`  ${name}`, marks.filter(Boolean).join(', '), image ?? ''];
  });
  const names = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name }) => [`  ${name}`]);
  const head = [metadata.name, phase, spec?.nodeName, ageOf(metadata.creationTimestamp, now)];
  return [head.filter(Boolean).join('  '), ...aligned(rows.length > 0 ? rows : names)];
}

function stateOf({ state, lastState }: ContainerStatus): string {
  const { waiting, running, terminated } = state ?? {};
  const before = lastState?.terminated;
  const ended = before
    ? `; before: ${[before.reason, `exit code ${before.exitCode}`, oneLine(before.message)].filter(Boolean).join(', ')}`
    : '';
  if (running) return `running${ended}`;
  if (waiting) return `${[waiting.reason ?? 'waiting', oneLine(waiting.message)].filter(Boolean).join(': ')}${ended}`;
  if (!terminated) return 'unknown';
  const { reason, exitCode, message } = terminated;
  return [reason ?? 'ended', `exit code ${exitCode}`, oneLine(message)].filter(Boolean).join(', ');
}

function replicas(least: number | undefined, most: number | undefined): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  return most === undefined || most === least ? String(least ?? 1) : `${least ?? 1} to ${most}`;
}

function amounts(resources: Readonly<Record<string, Quantity>> | undefined): string | undefined {
  return resources && Object.entries(resources).map((pair) => pair.join(' ')).join(', '); // prettier-ignore
}

function oneLine(text: string | undefined): string {
  return (text ?? '').trim().replace(/\s*\n\s*/g, ' | ');
}

function document(title: string, ...parts: readonly (readonly string[])[]): string {
  return `${[title, ...parts.flat()].join('\n')}\n`;
}

function block(title: string, rows: readonly Row[]): readonly string[] {
  const present = rows.filter(([, value]) => value !== undefined && value !== '');
  return present.length === 0 ? [] : lines(title, table(present).split('\n'));
}

function lines(title: string, content: readonly string[]): readonly string[] {
  return content.length === 0 ? [] : ['', `${title}:`, ...content.map((line) => `  ${line}`)];
}

function table(rows: readonly Row[]): string {
  return aligned(rows.map(([name, value]) => [`${name}:`, oneLine(value)])).join('\n');
}

function columns(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : aligned([head, ...rows]);
}

/** Pads every column but the last; a very long cell does not push the others of its column away. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widest = 60;
  const widths = rows.reduce<number[]>(
    (all, row) =>
      row.map((cell, index) => Math.max(all[index] ?? 0, Math.min(widest, cell.length))).concat(all.slice(row.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
