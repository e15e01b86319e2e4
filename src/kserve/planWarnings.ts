import type { KubeObject } from '../cluster/objects/resource.ts';
import { kserveAnnotations, kserveLabels } from './annotations.ts';
import { parseDeploymentMode, type DeploymentMode, type InferenceServiceConfig } from './inferenceServiceConfig.ts';
import { quotaWarnings } from './quotaWarnings.ts';
import type { PersistentVolumeClaim, ResourceQuota } from './resources/core.ts';
import type { InferenceService } from './resources/inferenceService.ts';
import type { ServingRuntime } from './resources/servingRuntime.ts';
import { runtimeImage } from './runtimeImage.ts';
import { serverContainerOf } from './serverContainer.ts';
import { modelServers, serverOfRuntime } from './servers/index.ts';
import type { ModelServer } from './servers/modelServer.ts';
import { parsePvcUri, storageUriProblem } from './storageUri.ts';
import { zeroReplicasProblem } from './zeroReplicas.ts';

/** What is known before a deploy. What is left out is not warned of. */
export interface PlanFacts {
  /** As it will be applied. */
  readonly service: InferenceService;
  /** As it is in the cluster now, when it is there. */
  readonly live?: InferenceService | undefined;
  /** That KServe will take. */
  readonly runtime?: ServingRuntime | undefined;
  readonly claim?: PersistentVolumeClaim | undefined;
  /** Nodes of the cluster that take pods. */
  readonly nodeCount?: number | undefined;
  /** Extended resources of the nodes that take pods, for example `nvidia.com/gpu`. */
  readonly devices?: readonly string[] | undefined;
  readonly namespace?: KubeObject | undefined;
  readonly quotas?: readonly ResourceQuota[] | undefined;
  readonly config?: InferenceServiceConfig | undefined;
  /** File name of the archive, for example `resnet18.mar`. */
  readonly archiveName?: string | undefined;
}

/** What may go wrong with a deploy though the API server admits it; one or two sentences each, the gravest first. */
export function planWarnings(facts: PlanFacts, servers: readonly ModelServer[] = modelServers): readonly string[] {
  return checks.flatMap((check) => check(facts, servers));
}

type Check = (facts: PlanFacts, servers: readonly ModelServer[]) => readonly string[];

const storage: Check = ({ service }) => {
  const uri = service.spec.predictor.model?.storageUri;
  return uri === undefined ? [] : present(storageUriProblem(uri));
};

const controlPlane: Check = ({ namespace }) =>
  namespace?.metadata.labels?.[kserveLabels.controlPlane] === undefined
    ? []
    : [
        `The namespace ${namespace.metadata.name} has the label control-plane: KServe's webhook will give the pod no model. Deploy to another namespace.`,
      ];

/** Of a runtime that is not known, every server may be the one. */
const server: Check = ({ service, runtime, archiveName }, registered) => {
  const { model } = service.spec.predictor;
  const image = model && runtime && runtimeImage(runtime, model);
  const servers = runtime === undefined ? registered : [serverOfRuntime(runtime, image, registered)];
  const container = runtime && serverContainerOf(runtime);
  const args = [...(container?.args ?? []), ...(model?.args ?? [])];
  return servers.flatMap((one) => one?.warnings?.({ image, args, archiveName }) ?? []);
};

const claims: Check = ({ service, claim, nodeCount = 1, live }) => {
  const uri = service.spec.predictor.model?.storageUri ?? '';
  if (claim === undefined || parsePvcUri(uri)?.claim !== claim.metadata.name) return [];
  const modes = claim.status?.accessModes ?? claim.spec?.accessModes ?? [];
  if (modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany')) return [];
  const { name } = claim.metadata;
  const { minReplicas = 1, maxReplicas = 0 } = service.spec.predictor;
  const hasSeveral = Math.max(minReplicas, maxReplicas) > 1;
  if (modes.includes('ReadWriteOncePod')) {
    if (!hasSeveral && live === undefined) return [];
    return [
      `The claim ${name} can be mounted by one pod only (ReadWriteOncePod): a second replica, or a new version beside the old one, cannot start.`,
    ];
  }
  if (nodeCount < 2) return [];
  return hasSeveral
    ? [`The claim ${name} can be mounted on one node only (ReadWriteOnce): all replicas have to fit on that node.`]
    : [
        `The claim ${name} can be mounted on one node only (ReadWriteOnce): the pod has to fit on the node where the claim is, or is in use.`,
      ];
};

const modes: Check = ({ service, live }) => {
  const changed = annotatedMode(service);
  const lived = parseDeploymentMode(live?.status?.deploymentMode);
  if (changed === undefined || lived === undefined || changed === lived) return [];
  return [
    `${service.metadata.name} runs in ${lived} mode, and KServe refuses to change it to ${changed}: delete it first.`,
  ];
};

const inKnative: Check = ({ service, live, config }) => {
  const isPvc = parsePvcUri(service.spec.predictor.model?.storageUri ?? '') !== undefined;
  if (modeOf(service, live, config) !== 'Knative' || !isPvc) return [];
  return [
    `${service.metadata.name} will run in Knative mode, which mounts claims only with the features kubernetes.podspec-persistent-volume-claim and kubernetes.podspec-init-containers. If it is refused, set the annotation ${kserveAnnotations.deploymentMode}: Standard.`,
  ];
};

/** @see kserve#5335 */
const inStandard: Check = ({ service, live, config }) => {
  const mode = modeOf(service, live, config);
  const isSplit = mode === 'Standard' && service.spec.predictor['canaryTrafficPercent'] !== undefined;
  return [
    ...(isSplit
      ? [
          'KServe ignores canaryTrafficPercent in Standard mode: the new version gets all of the traffic. List it under spec.canary (KServe 0.20) to try it beside the present one.',
        ]
      : []),
    ...present(zeroReplicasProblem(service, mode)),
  ];
};

function annotatedMode({ metadata }: InferenceService): DeploymentMode | undefined {
  return parseDeploymentMode(metadata.annotations?.[kserveAnnotations.deploymentMode]);
}

function modeOf(
  service: InferenceService,
  live: InferenceService | undefined,
  config: InferenceServiceConfig | undefined,
): DeploymentMode | undefined {
  const lived = parseDeploymentMode(live?.status?.deploymentMode);
  return lived ?? annotatedMode(service) ?? config?.defaultDeploymentMode;
}

const quota: Check = ({ service, live, runtime, quotas = [] }) => quotaWarnings({ service, live, runtime, quotas });

/** Something like a GPU that no node has keeps a pod waiting without an end, where no autoscaler brings a node. */
const devices: Check = ({ service, devices: present }) => {
  if (present === undefined) return [];
  const asked = Object.keys(service.spec.predictor.model?.resources?.limits ?? {}).filter((name) => name.includes('/'));
  return asked
    .filter((name) => !present.includes(name))
    .map((name) => `No node that takes pods has ${name}: the pod waits until one comes, by an autoscaler or by hand.`);
};

const checks: readonly Check[] = [
  ...[storage, controlPlane, server, modes, inKnative, inStandard, claims, devices, quota],
];

function present(problem: string | undefined): readonly string[] {
  return problem === undefined ? [] : [problem];
}
