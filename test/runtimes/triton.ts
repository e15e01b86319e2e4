import { execFileSync } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { tritonEnvironment } from '../../scripts/runtimes/environments.ts';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { startProcess, type ServerProcess } from './serverProcess.ts';

const standIns = path.join(import.meta.dirname, '..', '..', 'scripts', 'runtimes', 'tritonBackends');

/** A Triton 2.51 whose models are loaded and unloaded by name. Its ONNX and PyTorch backends are stand-ins in Python. */
export interface Triton extends ServerProcess {
  /** @throws Error what Triton says to the model */
  readonly load: (model: string) => Promise<void>;
  readonly unload: (model: string) => Promise<void>;
}

/** Triton's program, its backends with the stand-ins, and what its environment needs. @param work absolute path of a folder */
export async function prepareTriton(
  work: string,
  log: (line: string) => void,
): Promise<{ readonly program: string; readonly backends: string; readonly env: Readonly<Record<string, string>> }> {
  const python = await tritonEnvironment(log);
  const purelib = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  const packages = execFileSync(python, ['-c', purelib], { encoding: 'utf8' }).trim();
  const home = path.join(packages, 'pytriton', 'tritonserver');
  const backends = path.join(work, 'backends');
  await mkdir(backends, { recursive: true });
  await cp(path.join(home, 'backends'), backends, { recursive: true });
  await cp(standIns, backends, { recursive: true });
  const stub = 'triton_python_backend_stub';
  await cp(path.join(home, 'python_backend_stubs', '3.11', stub), path.join(backends, 'python', stub));
  return {
    program: path.join(home, 'bin', 'tritonserver'),
    backends,
    env: {
      LD_LIBRARY_PATH: path.join(packages, 'nvidia_pytriton.libs'),
      PYTHONPATH: [packages, '/usr/lib/python3/dist-packages'].join(path.delimiter),
    },
  };
}

/**
 * @param repository absolute path of the model repository; models may be put there later
 * @param work absolute path of a folder for its backends
 */
export async function startTriton(
  repository: string,
  work: string,
  log: (line: string) => void = console.log,
): Promise<Triton> {
  const { program, backends, env } = await prepareTriton(work, log);
  const [http = 0, grpc = 0, metrics = 0] = await freePorts(3);
  const server = await startProcess({
    program,
    args: [
      `--model-repository=${repository}`,
      `--backend-directory=${backends}`,
      '--model-control-mode=explicit',
      '--http-address=127.0.0.1',
      `--http-port=${http}`,
      '--grpc-address=127.0.0.1',
      `--grpc-port=${grpc}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${metrics}`,
      '--allow-gpu-metrics=false',
    ],
    cwd: work,
    env: { ...process.env, ...env },
    port: http,
    ready: '/v2/health/ready',
  });
  const control = async (model: string, what: 'load' | 'unload'): Promise<void> => {
    const response = await fetch(`${server.url}/v2/repository/models/${model}/${what}`, { method: 'POST' });
    if (!response.ok) throw new Error(`${model}: ${await response.text()}`);
  };
  return { ...server, load: (model) => control(model, 'load'), unload: (model) => control(model, 'unload') };
}
