import type { Pod } from '../../kserve/resources/core.ts';
import { modelDeckLabels, uploadPodLabels } from '../../kserve/index.ts';
import type { ClaimPlace, UploadResources } from './claimPlace.ts';
import type { OwnerId } from './owner.ts';
import { waitCommand } from './scripts.ts';

/** Labels and annotations of upload pods beside {@link uploadPodLabels}. */
export const uploadPodKeys = {
  /** Label: the {@link OwnerId} that made it. */
  owner: modelDeckLabels.purpose.replace(/purpose$/, 'owner'),
  /** Annotation: RFC 3339, by the clock of the window that made it. Nobody uses the pod after that. */
  deadline: modelDeckLabels.purpose.replace(/purpose$/, 'deadline'),
} as const;

export const uploadContainer = 'upload';

export interface UploadPodSpec {
  readonly name: string;
  readonly place: ClaimPlace;
  readonly image: string;
  readonly owner: OwnerId;
  /** Seconds after which the cluster ends it, whatever happens here. */
  readonly lifetime: number;
  /** Mounts the claim for reading only. */
  readonly readOnly: boolean;
  /** What the container asks for and gets; little when left out. */
  readonly resources?: UploadResources | undefined;
  /** The node that has the claim already, for a volume that can be on one node at a time. */
  readonly node?: string | undefined;
}

/**
 * A pod that waits, with the claim as its working directory. It passes the pod security standard `restricted`, asks for
 * little, may reach no API server, and ends by itself.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function uploadPodManifest(spec: UploadPodSpec): Pod {
  const { place, owner, lifetime } = spec;
  const user = place.uid === undefined ? {} : { runAsUser: place.uid, runAsGroup: place.uid, fsGroup: place.uid };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: spec.name,
      namespace: place.namespace,
      // A mesh's sidecar would keep the pod running after its own container has ended.
      labels: { ...uploadPodLabels, [uploadPodKeys.owner]: owner, 'sidecar.istio.io/inject': 'false' },
      annotations: { [uploadPodKeys.deadline]: new Date(Date.now() + lifetime * 1000).toISOString() },
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifetime,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        ...user,
        // Walking through a claim with many models takes minutes otherwise.
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(spec.node !== undefined && { affinity: onNode(spec.node) }),
      containers: [
        {
          name: uploadContainer,
          image: spec.image,
          imagePullPolicy: 'IfNotPresent',
          command: waitCommand,
          workingDir: mountPath,
          resources: spec.resources ?? usualResources,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'claim', mountPath }],
        },
      ],
      volumes: [
        {
          name: 'claim',
          persistentVolumeClaim: { claimName: place.claim, ...(spec.readOnly && { readOnly: true }) },
        },
      ],
    },
  };
}

const usualResources: UploadResources = {
  requests: { cpu: '100m', memory: '64Mi' },
  limits: { cpu: '1', memory: '256Mi' },
};

const mountPath = '/claim';

/** By the node's own name: its label `kubernetes.io/hostname` may be another one. */
function onNode(name: string): unknown {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [name] }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } } };
}
