import * as a from '../objects.ts';
import { runtimes } from '../runtimes.ts';
import { serviceEvent, type Case } from './case.ts';

export const specs: readonly Case[] = [
  {
    name: 'onnx without a protocol',
    evidence: a.evidence({
      isvc: a.service(
        { model: { modelFormat: { name: 'onnx' }, protocolVersion: undefined } },
        a.failed('NoSupportingRuntime', 'No runtime found to support specified framework/version'),
      ),
      clusterServingRuntimes: runtimes,
    }),
    code: 'no-runtime',
    summary:
      'KServe finds no runtime for onnx with protocol v1. kserve-tritonserver speaks v2, grpc-v2, not v1 (which KServe takes when none is given).',
    remedy: /^Set protocolVersion: v2 /,
  },
  {
    name: 'a format that nobody serves, without knowing the runtimes',
    evidence: a.evidence({
      isvc: a.service(
        { model: { modelFormat: { name: 'caffe', version: '2' } } },
        a.failed('NoSupportingRuntime', 'No runtime found to support specified framework/version'),
      ),
    }),
    code: 'no-runtime',
    summary: 'KServe finds no runtime for caffe 2 with protocol v1.',
  },
  {
    name: 'a runtime that does not exist',
    evidence: a.evidence({
      isvc: a.service(
        { model: { runtime: 'torch' } },
        a.failed('RuntimeNotRecognized', 'Waiting for runtime to become available'),
      ),
    }),
    code: 'runtime-missing',
    summary: 'There is no ServingRuntime or ClusterServingRuntime with the name torch.',
  },
  {
    name: 'a runtime that is disabled',
    evidence: a.evidence({
      isvc: a.service(
        { model: { runtime: 'kserve-torchserve' } },
        a.failed('RuntimeDisabled', 'Specified runtime is disabled'),
      ),
    }),
    code: 'runtime-disabled',
    summary: 'The runtime kserve-torchserve that resnet18 names is disabled.',
  },
  {
    name: 'a runtime that speaks another protocol',
    evidence: a.evidence({
      isvc: a.service(
        { model: { runtime: 'kserve-mlserver', protocolVersion: 'v1', modelFormat: { name: 'sklearn' } } },
        a.failed('NoSupportingRuntime', 'Specified runtime does not support specified protocol version'),
      ),
      clusterServingRuntimes: runtimes,
    }),
    code: 'no-runtime',
    summary: 'kserve-mlserver speaks v2, not v1.',
  },
  {
    name: 'a predictor that cannot be merged with its runtime',
    evidence: a.evidence({
      isvc: a.service(
        {},
        a.failed('InvalidPredictorSpec', 'failed to find kserve-container in ServingRuntime containers'),
      ),
    }),
    code: 'invalid-spec',
    summary: 'KServe cannot make a workload of resnet18: failed to find kserve-container in ServingRuntime containers.',
  },
  {
    name: 'a storage URI that nobody fetches',
    evidence: a.evidence({
      isvc: a.service(
        { model: { storageUri: 'ftp://models/resnet18' } },
        { conditions: [{ type: 'Ready', status: 'Unknown' }] },
      ),
      events: [
        serviceEvent(
          'InternalError',
          'StorageURI not supported: storageUri, must be one of: [gs://, s3://, pvc://] or match https://{}.blob.core.windows.net/{}/{} or be an absolute or relative local path. StorageUri [ftp://models/resnet18] is not supported',
        ),
      ],
    }),
    code: 'storage-uri',
    summary:
      'KServe cannot fetch the model of resnet18 from ftp://models/resnet18: no storage container of the cluster takes such a URI.',
  },
  {
    name: 'Knative mode without Knative',
    evidence: a.evidence({
      events: [
        serviceEvent(
          'ServerlessModeRejected',
          'It is not possible to use Knative deployment mode when Knative Services are not available',
        ),
      ],
    }),
    code: 'knative-missing',
    summary: 'resnet18 is to run in Knative mode, and the cluster has no Knative Serving.',
  },
  {
    name: "KServe's controller does not run",
    evidence: a.evidence({ isvc: a.service({}, {}), now: Date.parse('2026-10-01T10:01:05Z') }),
    code: 'controller-silent',
    summary: "KServe's controller has not looked at resnet18 for 65 s.",
  },
  {
    name: 'a finalizer holds the deletion',
    evidence: a.evidence({
      isvc: a.service({ metadata: { deletionTimestamp: '2026-10-01T10:05:00Z' } }, a.ready),
      now: Date.parse('2026-10-01T10:06:00Z'),
    }),
    code: 'deletion-held',
    summary: 'The deletion of resnet18 has been held for 60 s by the finalizer inferenceservice.finalizers.',
  },
];
