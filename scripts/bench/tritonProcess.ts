import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { tritonEnvironment } from '../runtimes/environments.ts';

/** A Triton with one model, `echo`: an input `pixels` of 602 kB, and ten numbers back. */
export interface TritonProcess {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** @param folder empty, for the model repository and the backends @throws Error when it is not ready within a minute */
export async function startTriton(folder: string): Promise<TritonProcess> {
  const python = await tritonEnvironment((line) => console.log(line));
  const ask = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  const packages = execFileSync(python, ['-c', ask], { encoding: 'utf8' }).trim();
  const home = path.join(packages, 'pytriton', 'tritonserver');
  const backends = path.join(folder, 'backends');
  await cp(path.join(home, 'backends'), backends, { recursive: true });
  const stub = 'triton_python_backend_stub';
  await cp(path.join(home, 'python_backend_stubs', '3.11', stub), path.join(backends, 'python', stub));
  const model = path.join(folder, 'repository', 'echo');
  await mkdir(path.join(model, '1'), { recursive: true });
  await writeFile(path.join(model, 'config.pbtxt'), config);
  await cp(path.join(import.meta.dirname, 'triton_model.py'), path.join(model, '1', 'model.py'));
  const [http = 0, grpc = 0, metrics = 0] = await freePorts(3);
  const options = {
    'model-repository': path.dirname(model),
    'backend-directory': backends,
    'http-address': '127.0.0.1',
    'http-port': http,
    'grpc-address': '127.0.0.1',
    'grpc-port': grpc,
    'metrics-address': '127.0.0.1',
    'metrics-port': metrics,
    'allow-gpu-metrics': false,
  };
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: path.join(packages, 'nvidia_pytriton.libs'),
    PYTHONPATH: [packages, '/usr/lib/python3/dist-packages'].join(path.delimiter),
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(path.join(home, 'bin', 'tritonserver'), args, { cwd: folder, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] }); // prettier-ignore
  let last = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-3000)));
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
  };
  const url = `http://127.0.0.1:${http}`;
  for (const until = Date.now() + 60_000; Date.now() < until && child.exitCode === null;) {
    const isReady = await fetch(`${url}/v2/models/echo/ready`).then(({ ok }) => ok, () => false); // prettier-ignore
    if (isReady) return { url, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`Triton does not start: ${last}`);
}

const config = `name: "echo"
backend: "python"
input [ { name: "pixels", data_type: TYPE_FP32, dims: [ 1, 3, 224, 224 ] } ]
output [ { name: "scores", data_type: TYPE_FP32, dims: [ 1, 10 ] } ]
`;
