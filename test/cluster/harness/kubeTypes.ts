/** The parts of Kubernetes' objects that the harness reads. Names and meanings are Kubernetes' own. */

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Pod extends KubeObject {
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly spec: PodSpec;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly terminationMessagePolicy?: string;
  readonly startupProbe?: { readonly httpGet: { readonly path: string; readonly port: number } };
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

export interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly spec: { readonly volumeName?: string };
  readonly status?: { readonly phase?: string };
}

export interface PersistentVolume extends KubeObject {
  readonly spec: { readonly hostPath?: { readonly path: string } };
}
