import type { Pod } from '../../../../src/kserve/resources/core.ts';
import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { previousLog, type Case } from './case.ts';

const image = 'pytorch/torchserve-kfs:0.9.0';
const on = (nodeName: string): { spec: { nodeName: string } } => ({ spec: { nodeName } });
const waiting = (reason: string, message: string, events: DiagnosisEvidence['events'] = []): DiagnosisEvidence =>
  a.evidence({ pods: [a.pod(a.onNode([a.waiting(reason, message)]), on('n1'))], events });
const pulling = (why: string): DiagnosisEvidence =>
  waiting('ImagePullBackOff', `Back-off pulling image "${image}"`, [
    a.event('Failed', `Failed to pull image "${image}": ${why}`),
  ]);
const sandbox = (message: string, reason = 'FailedCreatePodSandBox'): DiagnosisEvidence =>
  waiting('ContainerCreating', '', [a.event(reason, message)]);
const ended = (status: Pod['status'], nodeName?: string): DiagnosisEvidence =>
  a.evidence({ pods: [a.pod({ phase: 'Failed', ...status }, nodeName === undefined ? {} : on(nodeName))] });
const evicted = (message: string): DiagnosisEvidence => ended({ reason: 'Evicted', message });
const crash = (text: string, exitCode = 1, events: DiagnosisEvidence['events'] = []): DiagnosisEvidence =>
  a.evidence({ pods: [a.pod(a.onNode([a.crashing(exitCode)]), on('n1'))], logs: previousLog(text), events });

export const onTheNode: readonly Case[] = [
  {
    name: 'a registry that speaks http',
    evidence: pulling('http: server gave HTTP response to HTTPS client'),
    code: 'image-registry-http',
    summary: /speaks plain http, and https is asked for/,
    remedy: /hosts\.toml/,
  },
  {
    name: 'an image name without a registry, on CRI-O',
    evidence: pulling(
      'rpc error: code = Unknown desc = short-name "acme/server:1" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"',
    ),
    code: 'image-short-name',
    summary: /has no registry in its name/,
    remedy: /docker\.io/,
  },
  {
    name: 'an image name without a registry, where short names must be certain',
    evidence: pulling(
      'rpc error: code = Unknown desc = short name mode is enforcing, but image name acme/server:1 returns ambiguous list',
    ),
    code: 'image-short-name',
    summary: /has no registry in its name/,
  },
  {
    name: 'a registry with a certificate of its own authority',
    evidence: pulling(
      'rpc error: code = Unknown desc = failed to pull and unpack image: failed to do request: Head "https://registry.acme.example/v2/x": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ),
    code: 'image-certificate',
    summary: /certificate of its registry is not trusted/,
  },
  {
    name: 'a registry that answers in words that nobody knows',
    evidence: pulling('rpc error: code = Unknown desc = the archive is closed on Sundays'),
    code: 'image-pull',
    summary: /cannot be fetched\.$/,
  },
  {
    name: 'an image that does not fit on the disk',
    evidence: pulling(
      'rpc error: code = Unknown desc = failed to extract layer sha256:ab: write /var/lib/containerd/x: no space left on device',
    ),
    code: 'image-disk-full',
    summary: /does not fit on the disk/,
  },
  {
    name: 'the image of a transformer does not exist, beside a predictor that is ready',
    evidence: a.evidence({
      isvc: a.service(
        {},
        {
          conditions: [
            { type: 'PredictorReady', status: 'True' },
            { type: 'TransformerReady', status: 'False', reason: 'MinimumReplicasUnavailable' },
            { type: 'Ready', status: 'False' },
          ],
        },
      ),
      pods: [
        a.pod(a.onNode([a.running()]), on('n1')),
        a.pod(
          a.onNode([
            a.waiting(
              'ImagePullBackOff',
              'Back-off pulling image "acme/pre:v2": ErrImagePull: docker.io/acme/pre:v2: not found',
            ),
          ]),
          {
            spec: { nodeName: 'n1', containers: [{ name: 'kserve-container', image: 'acme/pre:v2' }] },
            metadata: { name: 'resnet18-transformer-6d5f7c9b4-a2a2a', labels: { component: 'transformer' } },
          },
        ),
      ],
    }),
    code: 'image-not-found',
    summary:
      'The image acme/pre:v2 of the container kserve-container of the transformer does not exist in its registry.',
    remedy: /spec\.transformer\.containers/,
  },
  {
    name: 'an image for another processor, as the kernel says it',
    evidence: crash('exec /usr/local/bin/dockerd-entrypoint.sh: exec format error\n', 255),
    code: 'exec-format',
    summary: /built for another processor/,
  },
  {
    name: 'an image for another processor, as an older runtime says it',
    evidence: crash('standard_init_linux.go:228: exec user process caused: exec format error\n'),
    code: 'exec-format',
    summary: /built for another processor/,
  },
  {
    name: 'a command that the image does not have',
    evidence: waiting(
      'RunContainerError',
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "torchserve": executable file not found in $PATH: unknown',
    ),
    code: 'command-missing',
    summary: /does not have the command torchserve/,
  },
  {
    name: "the node's driver is too old for the image",
    evidence: waiting(
      'RunContainerError',
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.1',
    ),
    code: 'gpu-runtime',
    summary:
      'The node cannot give the container kserve-container of resnet18 its GPU: requirement error: unsatisfied condition: cuda>=12.1.',
  },
  {
    name: 'a container that cannot be started, in words that nobody knows',
    evidence: waiting('CreateContainerError', 'context is not right'),
    code: 'container-config',
    summary: /cannot be started: context is not right/,
  },
  {
    name: 'no network for the pod: the plugin fails',
    evidence: sandbox(
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0a1b": plugin type="istio-cni" name="istio-cni" failed (add): Get "https://10.96.0.1:443/api/v1/namespaces/ml": dial tcp 10.96.0.1:443: i/o timeout',
    ),
    code: 'pod-network',
    summary: /^The node n1 cannot give the pod of resnet18 a network: failed to setup network/,
    remedy: /CNI/,
  },
  {
    name: 'no network for the pod: there is no plugin',
    evidence: sandbox(
      'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      'NetworkNotReady',
    ),
    code: 'pod-network',
    summary: /cannot give the pod of resnet18 a network/,
  },
  {
    name: 'no sandbox for another reason',
    evidence: sandbox(
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image',
    ),
    code: 'pod-sandbox',
    summary: /cannot make the sandbox of the pod of resnet18: failed to get sandbox image/,
  },
  {
    name: 'a runtime class that the node does not have',
    evidence: sandbox(
      'Failed to create pod sandbox: rpc error: code = Unknown desc = RuntimeHandler "kata" not supported',
    ),
    code: 'runtime-class-missing',
    summary: /does not have the runtime kata/,
  },
  {
    name: 'evicted by the limit of its own volume',
    evidence: evicted('Usage of EmptyDir volume "kserve-provision-location" exceeds the limit "1536Mi". '),
    code: 'own-limit-exceeded',
    summary:
      'The pod of resnet18 was evicted because it went over its own limit: its volume kserve-provision-location may hold 1536Mi. The node has not run low.',
    remedy: /sizeLimit/,
  },
  {
    name: 'evicted by the limit of its own container',
    evidence: evicted('Container kserve-container exceeded its local ephemeral storage limit "1Gi". '),
    code: 'own-limit-exceeded',
    summary: /kserve-container may write 1Gi/,
    remedy: /ephemeral-storage/,
  },
  {
    name: 'evicted by the limits of its containers together',
    evidence: evicted('Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. '),
    code: 'own-limit-exceeded',
    summary: /together may write 2Gi/,
  },
  {
    name: 'evicted for a reason that nobody knows',
    evidence: evicted('The node is tired.'),
    code: 'evicted',
    summary: 'Its node evicted the pod of resnet18: The node is tired.',
  },
  {
    name: 'refused by its node, whose device is gone',
    evidence: ended(
      {
        reason: 'UnexpectedAdmissionError',
        message:
          'Pod was rejected: Allocate failed due to requested number of devices unavailable for nvidia.com/gpu. Requested: 1, Available: 0, which is unexpected',
      },
      'n1',
    ),
    code: 'pod-rejected',
    summary: /^The node n1 did not keep the pod of resnet18: UnexpectedAdmissionError: .*devices unavailable/,
  },
  {
    name: 'pushed aside by a pod of a higher priority',
    evidence: ended({
      conditions: [
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'PreemptionByScheduler',
          message: 'default-scheduler: preempting to accommodate a higher priority pod',
        },
      ],
    }),
    code: 'preempted',
    summary: /to make room for one of a higher priority/,
  },
  {
    name: 'a folder of the node that is not there',
    evidence: waiting('ContainerCreating', '', [
      a.event(
        'FailedMount',
        'MountVolume.NewMounter initialization failed for volume "local" : path "/data/models" does not exist',
      ),
    ]),
    code: 'volume-path-missing',
    summary: /the folder \/data\/models of the node n1/,
  },
  {
    name: 'a liveness probe that ends a slow start',
    evidence: crash('INFO loading weights 40%\n', 137, [
      a.event(
        'Unhealthy',
        'Liveness probe failed: Get "http://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connect: connection refused',
      ),
      a.event('Killing', 'Container kserve-container failed liveness probe, will be restarted'),
    ]),
    code: 'liveness-failed',
    summary: /because its liveness probe failed: Liveness probe failed: .*connection refused\.$/,
    remedy: /^Give the server more time/,
  },
  {
    name: 'a startup probe that ends a slow start',
    evidence: crash('INFO loading weights 40%\n', 143, [
      a.event('Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 503'),
      a.event('Killing', 'Container kserve-container failed startup probe, will be restarted'),
    ]),
    code: 'startup-failed',
    summary: /because its startup probe failed/,
    remedy: /startupProbe/,
  },
  {
    name: 'a server whose log tells why, though a probe ended it',
    evidence: crash("ModuleNotFoundError: No module named 'onnxruntime'\n", 137, [
      a.event('Killing', 'Container kserve-container failed liveness probe, will be restarted'),
    ]),
    code: 'module-missing',
    summary: /imports onnxruntime/,
  },
  {
    name: 'a liveness probe that failed again and again, whose Killing event is gone',
    evidence: crash('INFO loading weights 40%\n', 137, [
      a.event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 503'),
    ]),
    code: 'liveness-failed',
    summary: /statuscode: 503/,
  },
  {
    name: 'killed, while a probe ended another container',
    evidence: crash('INFO loading weights 40%\n', 137, [
      a.event('Killing', 'Container queue-proxy failed liveness probe, will be restarted'),
    ]),
    code: 'crash-loop',
    summary: /ended with exit code 137/,
  },
  {
    name: 'a server that may not fetch a gated model of Hugging Face',
    evidence: crash(
      'OSError: You are trying to access a gated repo.\nMake sure to have access to it at https://huggingface.co/acme/x.\n',
    ),
    code: 'storage-hf-access',
    summary: /its server has no token of one/,
    remedy: /HF_TOKEN/,
  },
  {
    name: 'killed, and nothing tells by whom',
    evidence: crash('INFO loading weights 40%\n', 137),
    code: 'crash-loop',
    summary: /ended with exit code 137/,
    remedy: /nothing tells whether by a failing liveness probe or for memory/,
  },
];
