import type { LogPattern } from '../diagnosis/logPatterns.ts';
import type { ProtocolVersion } from '../resources/inferenceService.ts';

/** A program that serves models in a pod: what is special about it, so that nothing else has to know it by name. */
export interface ModelServer {
  /** For the reader, for example `TorchServe`. */
  readonly label: string;
  /** KServe's name of it, the value of a runtime's annotation `serving.kserve.io/server-type`. */
  readonly type: string;
  /** Name of the runtime that KServe brings for it. */
  readonly runtimeName: string;
  /** Found in the names of its images, and of runtimes that others have made for it. */
  readonly pattern: RegExp;
  /** What it speaks when nobody says a protocol (`SetRuntimeDefaults`). */
  readonly defaultProtocol?: ProtocolVersion;
  /** Whether its image has a build for GPUs, with `-gpu` behind the tag (`UpdateImageTag`). */
  readonly hasGpuBuild?: boolean;
  /** Whether it computes on an NVIDIA GPU that its pod is given; left out where its image cannot. */
  readonly usesGpu?: true;
  /** Processors that an image is built for, by Kubernetes' names; undefined where that is not known. */
  readonly builtFor?: (image: string) => readonly string[] | undefined;
  /** Whether its image has a build for CPUs, with `-cpu` before the tag. */
  readonly hasCpuBuild?: boolean;
  /** Largest request body that it takes, in bytes; left out where none is known. */
  readonly maxRequestBytes?: number;
  /** Whether KServe's wrapper stands in front of it and calls itself ready before it is. */
  readonly isBehindWrapper?: boolean;
  /** From the start of its container, with the image and the model on the node; left out where nobody has measured it. */
  readonly startUp?: (image: string | undefined) => StartUp;
  /** What may go wrong with what is about to be deployed on it; one or two sentences each. */
  readonly warnings?: (facts: ServerFacts) => readonly string[];
  /** Where the server itself tells of these processes, for whoever may not read its log. */
  readonly workersAt?: WorkersQuestion;
  /** What its log says of the processes that load the model. */
  readonly workersIn?: (log: string) => Workers;
  /** What it writes when it cannot serve, causes before consequences; what libraries of all servers write is known. */
  readonly failures?: readonly LogPattern[];
}

/** How long it takes until the model answers. */
export interface StartUp {
  readonly seconds: number;
  /** What was measured, and where; a sentence without its full stop. */
  readonly measured: string;
}

export interface ServerFacts {
  /** That will run, with its tag. */
  readonly image: string | undefined;
  /** Of the runtime's container and of the service. */
  readonly args: readonly string[];
  /** File name of the archive, for example `resnet18.mar`. */
  readonly archiveName: string | undefined;
}

/** A question that is asked within the pod, past what stands in front of the server. */
export interface WorkersQuestion {
  readonly port: number;
  readonly path: (modelName: string) => string;
  /** @param body of an answer with status 200 */
  readonly read: (body: unknown) => Workers;
}

/** `retrying` after a failure; `unknown` when the log says nothing of them. */
export type Workers = 'loaded' | 'loading' | 'failed' | 'retrying' | 'unknown';
