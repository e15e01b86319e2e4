import type { ServingRuntime } from '../../../src/kserve/resources/servingRuntime.ts';

type Format = readonly [name: string, version: string, priority: number | undefined, autoSelect?: boolean];

function runtime(
  name: string,
  protocolVersions: readonly string[],
  formats: readonly Format[],
  image: string,
  spec: object = {},
): ServingRuntime {
  return {
    apiVersion: 'serving.kserve.io/v1alpha1',
    kind: 'ClusterServingRuntime',
    metadata: {
      name: `kserve-${name}`,
      creationTimestamp: '2026-09-01T08:00:00Z',
      annotations: { 'serving.kserve.io/server-type': name },
    },
    spec: {
      supportedModelFormats: formats.map(([format, version, priority, autoSelect]) => ({
        name: format,
        version,
        ...((autoSelect ?? priority !== undefined) && { autoSelect: autoSelect ?? true }),
        ...(priority !== undefined && { priority }),
      })),
      ...(protocolVersions.length > 0 && { protocolVersions }),
      containers: [{ name: 'kserve-container', image }],
      ...spec,
    },
  };
}

/** The ClusterServingRuntimes that KServe v0.20.0 installs (`config/runtimes`). */
export const runtimes: readonly ServingRuntime[] = [
  runtime('autogluonserver', ['v1', 'v2'], [['autogluon', '1', 1]], 'kserve/autogluonserver:v0.20.0'),
  runtime('huggingfaceserver', ['v2', 'v1'], [['huggingface', '1', 1]], 'kserve/huggingfaceserver:v0.20.0'),
  runtime(
    'huggingfaceserver-multinode',
    ['v2', 'v1'],
    [['huggingface', '1', 2]],
    'kserve/huggingfaceserver:v0.20.0-gpu',
    {
      workerSpec: { pipelineParallelSize: 1, tensorParallelSize: 1, containers: [{ name: 'worker-container' }] },
    },
  ),
  runtime('lgbserver', ['v1', 'v2'], [['lightgbm', '4', 1]], 'kserve/lgbserver:v0.20.0'),
  runtime(
    'mlserver',
    ['v2'],
    [
      ['sklearn', '0', 2],
      ['sklearn', '1', 2],
      ['xgboost', '1', 2],
      ['xgboost', '2', 2],
      ['lightgbm', '3', 2],
      ['lightgbm', '4', 2],
      ['mlflow', '1', 1],
      ['mlflow', '2', 1],
    ],
    'docker.io/seldonio/mlserver:1.7.1',
  ),
  runtime('paddleserver', ['v1', 'v2'], [['paddle', '2', 1]], 'kserve/paddleserver:v0.20.0'),
  runtime(
    'pmmlserver',
    ['v1', 'v2'],
    [
      ['pmml', '3', 1],
      ['pmml', '4', 1],
    ],
    'kserve/pmmlserver:v0.20.0',
  ),
  runtime(
    'predictiveserver',
    ['v1', 'v2'],
    [
      ['sklearn', '1', 3, false],
      ['xgboost', '2', 3, false],
      ['lightgbm', '4', 3, false],
    ],
    'kserve/predictiveserver:v0.20.0',
  ),
  runtime('sklearnserver', ['v1', 'v2'], [['sklearn', '1', 1]], 'kserve/sklearnserver:v0.20.0'),
  runtime(
    'tensorflow-serving',
    ['v1', 'grpc-v1'],
    [
      ['tensorflow', '1', 2],
      ['tensorflow', '2', 2],
    ],
    'tensorflow/serving:2.6.2',
  ),
  runtime('torchserve', ['v1', 'v2', 'grpc-v2'], [['pytorch', '1', 2]], 'pytorch/torchserve-kfs:0.9.0'),
  runtime(
    'tritonserver',
    ['v2', 'grpc-v2'],
    [
      ['tensorrt', '8', 1],
      ['tensorflow', '1', 1],
      ['tensorflow', '2', 1],
      ['onnx', '1', 1],
      ['pytorch', '1', undefined],
      ['triton', '2', 1],
    ],
    'nvcr.io/nvidia/tritonserver:23.05-py3',
  ),
  runtime('vllmserver', [], [['vLLM', '1', 1]], 'vllm/vllm-openai:latest'),
  runtime('xgbserver', ['v1', 'v2'], [['xgboost', '2', 1]], 'kserve/xgbserver:v0.20.0'),
];
