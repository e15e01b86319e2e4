import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { log, previousLog, serverLog, type Case } from './case.ts';

const images = {
  triton: 'nvcr.io/nvidia/tritonserver:23.05-py3',
  mlserver: 'docker.io/seldonio/mlserver:1.7.1',
  openvino: 'openvino/model_server:2025.2',
} as const;

type Server = keyof typeof images;

/** The server ended with these words, again and again. */
function ended(server: Server, text: string, exitCode = 1): DiagnosisEvidence {
  return a.evidence({ pods: [a.podOfOne(a.crashing(exitCode), images[server])], logs: previousLog(text) });
}

/** The server goes on, with these words. */
function goesOn(server: Server, text: string, over: Partial<DiagnosisEvidence> = {}): DiagnosisEvidence {
  return a.evidence({ pods: [a.podOfOne(a.running(false), images[server])], logs: [log(text)], ...over });
}

const tritonError = (message: string): string =>
  `I1128 10:00:00.100000 1 model_lifecycle.cc:462] loading: cls:1\nE1128 10:00:01.100000 1 model_lifecycle.cc:630] failed to load 'cls' version 1: ${message}\nI1128 10:00:01.200000 1 model_lifecycle.cc:765] failed to load 'cls'\n+-------+---------+------------------+\n| Model | Version | Status           |\n+-------+---------+------------------+\n| cls   | 1       | UNAVAILABLE: ${message.slice(0, 40)} |\nerror: creating server: Internal - failed to load all models\n`;

const ortFile = 'onnx runtime error 1: Load model from /mnt/models/cls/1/model.onnx failed:';

/** What real servers wrote when they were made to fail. */
const recorded: readonly (readonly [Server, file: string, code: string, summary: string | RegExp])[] = [
  ['triton', 'no-version', 'model-layout', /^Triton of resnet18 finds no version of the model sample/],
  ['triton', 'torchserve-layout', 'model-config', /^Triton of resnet18 cannot tell what computes the model config/],
  [
    'triton',
    'missing-file',
    'model-file-missing',
    'The ONNX graph of resnet18 is not there: /mnt/models/sample/1/model.onnx.',
  ],
  ['triton', 'cut-off', 'weights-unusable', 'The ONNX graph of resnet18 cannot be read: it is none, or cut off.'],
  [
    'triton',
    'bad-config',
    'model-config',
    /does not take its config\.pbtxt: model input 'input' must specify 'data_type' for sample\.$/,
  ],
  [
    'triton',
    'unparsable-config',
    'model-config',
    /^Triton of resnet18 cannot read \/mnt\/models\/sample\/config\.pbtxt/,
  ],
  [
    'triton',
    'backend',
    'backend-missing',
    'The image of Triton of resnet18 has not the backend tensorrt that the model needs.',
  ],
  [
    'mlserver',
    'ml-missing',
    'model-layout',
    'MLServer of resnet18 finds no file for the model sample at /mnt/models/model.onnx.',
  ],
  ['mlserver', 'ml-settings', 'model-config', 'MLServer of resnet18 cannot read /mnt/models/model-settings.json.'],
  [
    'mlserver',
    'ml-runtime',
    'backend-missing',
    'The image of MLServer of resnet18 has not the runtime mlserver_catboost of the model.',
  ],
];

/** Triton's words were read in its sources and in triton#8001, and those of MLServer in its own. */
export const otherServers: readonly Case[] = [
  ...recorded.map(([server, file, code, summary]) => ({
    name: `a real ${server}: ${file}`,
    evidence: ended(server, serverLog(file), server === 'mlserver' ? 0 : 1),
    code,
    summary,
  })),
  {
    name: 'Triton: an IR version that its ONNX Runtime does not know',
    evidence: ended(
      'triton',
      tritonError(
        `Internal: ${ortFile}/workspace/onnxruntime/onnxruntime/core/graph/model.cc:149 onnxruntime::Model::Model(onnx::ModelProto&&, const PathString&) Unsupported model IR version: 10, max supported IR version: 9`,
      ),
    ),
    code: 'onnx-version',
    summary: 'The ONNX graph of resnet18 is of IR version 10, and the ONNX Runtime of its server knows 9 at most.',
    remedy: /lowers the IR version/,
  },
  {
    name: 'Triton: an opset that its ONNX Runtime does not know',
    evidence: ended(
      'triton',
      tritonError(
        `Internal: ${ortFile}/workspace/onnxruntime/onnxruntime/core/graph/model_load_utils.h:57 void onnxruntime::model_load_utils::ValidateOpsetForDomain(...) ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 21 is under development and support for this is limited. The operator schemas and or other functionality may change before next ONNX release and in this case ONNX Runtime will not guarantee backward compatibility. Current official support for domain ai.onnx is till opset 19.`,
      ),
    ),
    code: 'onnx-version',
    summary: 'The ONNX graph of resnet18 has opset 21, and the ONNX Runtime of its server knows 19 at most.',
  },
  {
    name: 'Triton: an operator that its ONNX Runtime does not have',
    evidence: ended(
      'triton',
      tritonError(
        `Internal: onnx runtime error 1: Load model from /mnt/models/cls/1/model.onnx failed:This is an invalid model. In Node, ("odd", OddOp, "acme", -1) : ("input": tensor(float),) -> ("output": tensor(float),) , Error No Op registered. Fatal error: acme:OddOp(-1) is not a registered function/op`,
      ),
    ),
    code: 'operator-unknown',
    summary:
      'The ONNX graph of resnet18 has the operator acme:OddOp, which the ONNX Runtime of its server does not have.',
  },
  {
    name: 'Triton: weights beside the graph that are not there',
    evidence: ended(
      'triton',
      tritonError(
        `Internal: onnx runtime error 1: Exception during initialization: filesystem error: cannot get file size: No such file or directory [/mnt/models/cls/1/model.onnx.data]`,
      ),
    ),
    code: 'external-data-missing',
    summary:
      'The ONNX graph of resnet18 keeps its weights in a file of their own, /mnt/models/cls/1/model.onnx.data, which is not there.',
  },
  {
    name: 'Triton: a graph that was cut off',
    evidence: ended(
      'triton',
      tritonError(
        'Internal: onnx runtime error 7: Load model from /mnt/models/cls/1/model.onnx failed:Protobuf parsing failed.',
      ),
    ),
    code: 'weights-unusable',
    summary: 'The ONNX graph of resnet18 cannot be read: it is none, or cut off.',
  },
  {
    name: 'Triton: no version of the model',
    evidence: ended(
      'triton',
      "E1128 10:00:01.100000 1 model_repository_manager.cc:1307] Poll failed for model directory 'cls': at least one version must be available under the version policy of model 'cls'\nerror: creating server: Internal - failed to load all models\n",
    ),
    code: 'model-layout',
    summary: 'Triton of resnet18 finds no version of the model cls: there is no folder cls/1 with the model in it.',
  },
  {
    name: 'Triton: a folder that is no version',
    evidence: ended(
      'triton',
      "E1128 10:00:01.100000 1 model_repository_manager.cc:1307] Poll failed for model directory 'cls': unable to determine model version from /mnt/models/cls/v1\nerror: creating server: Internal - failed to load all models\n",
    ),
    code: 'model-layout',
    summary:
      'Triton of resnet18 takes /mnt/models/cls/v1 for a version of a model, and versions are called by numbers.',
  },
  {
    name: 'Triton: a folder made for another server, such as one with config/ and model-store/',
    evidence: ended(
      'triton',
      "E1128 10:00:01.100000 1 model_repository_manager.cc:1307] Poll failed for model directory 'model-store': Invalid model name: Could not determine backend for model 'model-store' with no backend in model configuration. Expected model name of the form 'model.<backend_name>'.\nerror: creating server: Internal - failed to load all models\n",
    ),
    code: 'model-config',
    summary:
      'Triton of resnet18 cannot tell what computes the model model-store: there is no config.pbtxt with a backend, and no file that it knows, such as 1/model.onnx.',
  },
  {
    name: 'Triton: dims that contradict the graph',
    evidence: ended(
      'triton',
      tritonError(
        "Invalid argument: model 'cls', tensor 'logits': the model expects 2 dimensions (shape [-1,1000]) but the model configuration specifies 3 dimensions (an initial batch dimension because max_batch_size > 0 followed by the explicit tensor shape, making complete shape [-1,1,1000])",
      ),
    ),
    code: 'model-config',
    summary:
      'The config.pbtxt of resnet18 contradicts its model: logits has the shape [-1,1000], and config.pbtxt says [-1,1,1000].',
  },
  {
    name: 'Triton: a type that contradicts the graph',
    evidence: ended(
      'triton',
      tritonError(
        "Invalid argument: unable to load model 'cls', the model expects data-type TYPE_FP16 but the model configuration specifies data-type TYPE_FP32",
      ),
    ),
    code: 'model-config',
    summary:
      'The config.pbtxt of resnet18 contradicts its model: a tensor is TYPE_FP16, and config.pbtxt says TYPE_FP32.',
  },
  {
    name: 'Triton: the name of an output that the graph does not have',
    evidence: ended(
      'triton',
      tritonError("Invalid argument: unexpected inference output 'scores', allowed outputs are: logits"),
    ),
    code: 'model-config',
    summary: 'The config.pbtxt of resnet18 names the output scores, and its model has logits.',
  },
  {
    name: 'Triton: a config.pbtxt that lacks something',
    evidence: ended(
      'triton',
      "E1128 10:00:01.100000 1 model_repository_manager.cc:1307] Poll failed for model directory 'cls': model input must specify 'data_type' for cls\nerror: creating server: Internal - failed to load all models\n",
    ),
    code: 'model-config',
    summary: /^Triton of resnet18 does not take its config\.pbtxt: model input must specify 'data_type' for cls\.$/,
  },
  {
    name: 'Triton: a backend that the image does not have',
    evidence: ended(
      'triton',
      tritonError(
        "Invalid argument: unable to find backend library for backend 'pytorch', try specifying runtime on the model configuration.",
      ),
    ),
    code: 'backend-missing',
    summary: 'The image of Triton of resnet18 has not the backend pytorch that the model needs.',
  },
  {
    name: 'Triton: a GPU that is not there',
    evidence: ended(
      'triton',
      "E1128 10:00:01.100000 1 model_repository_manager.cc:1307] Poll failed for model directory 'cls': instance group cls_0 of model cls has kind KIND_GPU but no GPUs are available\nerror: creating server: Internal - failed to load all models\n",
    ),
    code: 'model-device',
    summary: 'The model of resnet18 is to run on a GPU, and its pod has none that Triton can use.',
  },
  {
    name: 'Triton: anything else, in its own words',
    evidence: ended('triton', tritonError('Internal: the moon is full')),
    code: 'server-load-failed',
    summary: 'Triton of resnet18 cannot load the model cls: the moon is full.',
  },
  {
    name: 'Triton that goes on without its model, and says so in its index alone',
    evidence: goesOn('triton', '', {
      modelDoesNotAnswer: true,
      serverSays: `Internal: ${ortFile} Unsupported model IR version: 13, max supported IR version: 9`,
    }),
    code: 'onnx-version',
    summary: 'The ONNX graph of resnet18 is of IR version 13, and the ONNX Runtime of its server knows 9 at most.',
  },
  {
    name: 'a server that says in its index what nobody knows',
    evidence: goesOn('triton', '', { modelDoesNotAnswer: true, serverSays: 'Internal: the moon is full' }),
    code: 'server-load-failed',
    summary: 'Triton of resnet18 cannot load the model: Internal: the moon is full.',
  },
  {
    name: 'MLServer: a file that is not there',
    evidence: ended(
      'mlserver',
      "2026-11-28 10:00:00,100 [mlserver.parallel] INFO - Couldn't load model 'resnet18'. Model will be removed from registry.\n2026-11-28 10:00:00,101 [mlserver] ERROR - Some of the models failed to load during startup!\nTraceback (most recent call last):\n  File \"/opt/conda/lib/python3.10/site-packages/mlserver/server.py\", line 125, in start\n    await asyncio.gather(\nmlserver.errors.InvalidModelURI: Invalid URI specified for model resnet18 (/mnt/models/model.joblib)\n",
      0,
    ),
    code: 'model-layout',
    summary: 'MLServer of resnet18 finds no file for the model resnet18 at /mnt/models/model.joblib.',
  },
  {
    name: 'MLServer: settings that it cannot read',
    evidence: ended(
      'mlserver',
      '2026-11-28 10:00:00,100 [mlserver] ERROR - Failed load model settings at /mnt/models/model-settings.json.\nTraceback (most recent call last):\npydantic_core._pydantic_core.ValidationError: 1 validation error for ModelSettings\n',
      0,
    ),
    code: 'model-config',
    summary: 'MLServer of resnet18 cannot read /mnt/models/model-settings.json.',
  },
  {
    name: 'MLServer: a runtime that the image does not have',
    evidence: ended(
      'mlserver',
      "Traceback (most recent call last):\nModuleNotFoundError: No module named 'mlserver_catboost'\n",
      1,
    ),
    code: 'backend-missing',
    summary: 'The image of MLServer of resnet18 has not the runtime mlserver_catboost of the model.',
  },
  {
    name: 'MLServer: an ONNX graph that its ONNX Runtime does not know',
    evidence: ended(
      'mlserver',
      '2026-11-28 10:00:00,101 [mlserver] ERROR - Some of the models failed to load during startup!\nTraceback (most recent call last):\nonnxruntime.capi.onnxruntime_pybind11_state.Fail: [ONNXRuntimeError] : 1 : FAIL : Load model from /mnt/models/model.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:180 onnxruntime::Model::Model Unsupported model IR version: 11, max supported IR version: 10\n',
      0,
    ),
    code: 'onnx-version',
    summary: 'The ONNX graph of resnet18 is of IR version 11, and the ONNX Runtime of its server knows 10 at most.',
  },
  {
    name: 'OpenVINO Model Server: no numbered folder',
    evidence: goesOn(
      'openvino',
      '[2026-11-28 10:00:00.100][1][modelmanager][warning][modelmanager.cpp:1311] No version found for model in path: /mnt/models\n',
    ),
    code: 'model-layout',
    summary:
      'OpenVINO Model Server of resnet18 finds no model in /mnt/models: versions are folders that are called by numbers, such as 1/model.onnx.',
  },
  {
    name: 'OpenVINO Model Server: operators that it does not have',
    evidence: goesOn(
      'openvino',
      '[2026-11-28 10:00:00.100][1][serving][error][modelinstance.cpp:846] OpenVINO does not support the following ONNX operations: acme.OddOp\n[2026-11-28 10:00:00.101][1][modelmanager][error][modelmanager.cpp:1322] Error occurred while loading model: resnet18 versions; error: Error while loading a model\n',
    ),
    code: 'operator-unknown',
    summary: 'The ONNX graph of resnet18 has operators that OpenVINO does not have: acme.OddOp.',
  },
  {
    name: 'OpenVINO Model Server: arguments that do not fit',
    evidence: goesOn(
      'openvino',
      '[2026-11-28 10:00:00.100][1][modelmanager][error][modelmanager.cpp:1322] Error occurred while loading model: resnet18 versions; error: Layout from config not found in model\n',
    ),
    code: 'model-config',
    summary:
      'The arguments of OpenVINO Model Server of resnet18 do not fit its model: Layout from config not found in model.',
  },
  {
    name: 'OpenVINO Model Server: anything else, in its own words',
    evidence: goesOn(
      'openvino',
      '[2026-11-28 10:00:00.100][1][modelmanager][error][modelmanager.cpp:1322] Error occurred while loading model: resnet18 versions; error: Cannot compile model into target device\n',
    ),
    code: 'server-load-failed',
    summary: 'OpenVINO Model Server of resnet18 cannot load the model: Cannot compile model into target device.',
  },
];
