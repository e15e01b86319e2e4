import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { log, previousLog, torchServeLog, type Case } from './case.ts';

const crashingPod = a.pod(a.onNode([a.crashing(1)]), { spec: { nodeName: 'one' } });
const crash = (text: string): DiagnosisEvidence => a.evidence({ pods: [crashingPod], logs: previousLog(text) });
const wrapper =
  'Traceback (most recent call last):\n  File "/home/model-server/kserve_wrapper/__main__.py", line 122, in <module>\n';

export const crashes: readonly Case[] = [
  {
    name: 'arguments of a later TorchServe',
    evidence: crash(
      'usage: torchserve [-h] [-v | --start | --stop] [--ts-config TS_CONFIG]\n                  [--model-store MODEL_STORE]\ntorchserve: error: unrecognized arguments: --disable-token-auth --enable-model-api\n',
    ),
    code: 'token-auth-arguments',
    summary:
      'TorchServe of resnet18 does not know the arguments --disable-token-auth --enable-model-api: they came with version 0.11.1.',
  },
  {
    name: 'no config.properties',
    evidence: crash('--ts-config file not found: /mnt/models/config/config.properties\n'),
    code: 'config-missing',
    summary:
      'resnet18 has no /mnt/models/config/config.properties: the storage URI leads to a folder without config/config.properties.',
  },
  {
    name: 'a key that the wrapper needs',
    evidence: crash(`${wrapper}    model_names, model_store = parse_config()\nKeyError: 'model_snapshot'\n`),
    code: 'config-key-missing',
    summary: "The config.properties of resnet18 has no model_snapshot, which KServe's wrapper needs.",
  },
  {
    name: 'no model-store',
    evidence: crash('--model-store directory not found: /mnt/models/model-store\n'),
    code: 'model-store-missing',
    summary: 'resnet18 has no folder /mnt/models/model-store: the storage URI leads elsewhere.',
  },
  {
    name: 'an archive that is not there, with the error of the wrapper that follows from it',
    evidence: crash(
      `${torchServeLog('archive-missing')}${wrapper}kserve.errors.ModelMissingError: /mnt/models/model-store\n`,
    ),
    code: 'archive-missing',
    summary:
      'The archive of model resnet18 1.0 is not in the model-store of resnet18, though its config.properties names it.',
  },
  {
    name: 'a name with dots',
    evidence: crash(`${wrapper}    model.load()\nkserve.errors.ModelMissingError: /mnt/models/model-store\n`),
    code: 'archive-not-accepted',
    summary:
      "KServe's wrapper finds no .mar file in the model-store of resnet18; from version 0.10 on, it takes none with another dot in its name.",
  },
  {
    name: 'a version that the archive does not have',
    evidence: crash(
      'org.pytorch.serve.http.ModelVersionNotFoundException: Model version: 2.0 does not exist for model: resnet18\n',
    ),
    code: 'version-mismatch',
    summary: 'The config.properties of resnet18 asks for version 2.0 of resnet18, and the archive is of another one.',
  },
  {
    name: 'a port in use',
    evidence: crash(
      'java.io.IOException: Failed to bind to address: http://0.0.0.0:8080\n\tat org.pytorch.serve.ModelServer.initializeServer(ModelServer.java:351)\nCaused by: io.netty.channel.unix.Errors$NativeIoException: bind(..) failed: Address already in use\n',
    ),
    code: 'port-in-use',
    summary:
      "TorchServe of resnet18 cannot listen at http://0.0.0.0:8080: the port is in use, by another address of config.properties or by KServe's wrapper (8080, 8081).",
  },
  {
    name: 'no permission to write',
    evidence: crash("PermissionError: [Errno 13] Permission denied: '/home/model-server/logs/model_log.log'\n"),
    code: 'no-write-permission',
    summary: 'The server of resnet18 may not write to /home/model-server/logs/model_log.log.',
  },
  {
    name: 'more than its memory',
    evidence: a.evidence({ pods: [a.pod(a.onNode([a.crashing(137, 'OOMKilled')]), { spec: { nodeName: 'one' } })] }),
    code: 'out-of-memory',
    summary: 'The container kserve-container of resnet18 was ended for using more memory than its limit of 8.0 GiB.',
  },
  {
    name: 'an error of its own code',
    evidence: crash(`${wrapper}ValueError: model.onnx has opset 22, and 17 is the newest that is known.\n`),
    code: 'crash-loop',
    summary:
      'The container kserve-container of resnet18 ended with exit code 1, 3 times by now: ValueError: model.onnx has opset 22, and 17 is the newest that is known.',
  },
];

const silent = (name: string): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service({}, a.ready),
    modelDoesNotAnswer: true,
    pods: [a.pod(a.onNode([a.running()]), { spec: { nodeName: 'one' } })],
    logs: [log(torchServeLog(name), { part: 'beginning' })],
  });

export const workers: readonly Case[] = [
  {
    name: 'two classes in the model file',
    evidence: silent('two-classes'),
    code: 'model-classes',
    summary: 'The model file of resnet18 has 2 classes (Net, Other), and TorchServe takes exactly one.',
  },
  {
    name: 'a handler that is not in the archive',
    evidence: silent('handler-missing'),
    code: 'handler-missing',
    summary: 'The archive of resnet18 does not hold its handler my_handler.py.',
  },
  {
    name: 'a module that the handler imports',
    evidence: silent('local-module-missing'),
    code: 'module-missing',
    summary: 'The code of resnet18 imports helper_code, which is neither in the image nor in the package.',
  },
  {
    name: 'a library that the model imports',
    evidence: silent('library-missing'),
    code: 'module-missing',
    summary: 'The code of resnet18 imports nosuchlib, which is neither in the image nor in the package.',
  },
  {
    name: 'weights of another model',
    evidence: silent('weights-do-not-fit'),
    code: 'weights-do-not-fit',
    summary: 'The weights of resnet18 do not fit its model Net: their layers have other names or sizes.',
  },
  {
    name: 'weights that need a model file',
    evidence: silent('weights-without-model'),
    code: 'weights-unusable',
    summary: 'The weights of resnet18 cannot be read: they are of another format, or cut off.',
  },
  {
    name: 'requirements that cannot be installed',
    evidence: silent('requirements'),
    code: 'requirements-not-installed',
    summary: 'The requirements of resnet18 cannot be installed: there is no no-such-distribution==9.9 for it.',
  },
  {
    name: 'a file that is no archive',
    evidence: silent('no-archive'),
    code: 'archive-broken',
    summary: 'The archive of resnet18 has no manifest, or is no archive at all.',
  },
  {
    name: 'an error of the model file, though KServe believes it ready',
    evidence: a.evidence({
      isvc: a.service({}, a.ready),
      pods: [a.pod(a.onNode([a.running()]), { spec: { nodeName: 'one' } })],
      logs: [
        log(
          '2026-10-01T10:00:30,128 [INFO ] W-9000-resnet18_1.0-stdout MODEL_LOG - Backend worker process died.\n2026-10-01T10:00:30,129 [INFO ] W-9000-resnet18_1.0-stdout MODEL_LOG - ZeroDivisionError: division by zero\n2026-10-01T10:00:30,256 [WARN ] W-9000-resnet18_1.0 org.pytorch.serve.wlm.BatchAggregator - Load model failed: resnet18, error: Worker died.\n',
        ),
      ],
    }),
    code: 'worker-died',
    summary:
      'TorchServe of resnet18 cannot load the model though its pod is ready: ZeroDivisionError: division by zero.',
  },
];

export const late: readonly Case[] = [
  {
    name: 'nothing but time',
    evidence: a.evidence({
      isvc: a.service(
        {},
        {
          ...a.starting,
          conditions: [
            {
              type: 'PredictorReady',
              status: 'False',
              reason: 'ProgressDeadlineExceeded',
              message: `ReplicaSet "${a.replicaSetName}" has timed out progressing.`,
            },
          ],
        },
      ),
      pods: [a.pod(a.onNode([a.running(false)]), { spec: { nodeName: 'one' } })],
      events: [a.event('Unhealthy', 'Readiness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused')],
    }),
    code: 'deadline-exceeded',
    summary:
      'resnet18 did not become ready in time: Readiness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused.',
  },
];
