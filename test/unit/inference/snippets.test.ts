import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { fromPreprocessing } from '../../../src/contract/fromPreprocessing.ts';
import { asCurl, asPython, decodeImage, preprocess } from '../../../src/inference/index.ts';
import type { Endpoint, TensorInput } from '../../../src/inference/index.ts';
import { parseV1Request, parseV2Request } from '../../../src/kserve/index.ts';
import { readFixture, tensorOf } from './fixtures.ts';

const run = promisify(execFile);
const image = readFixture('rgb-420.jpg');
const hostileName = `it's "a" $(touch gone) \`cat\` \\ photo.jpg`;

const endpoint: Endpoint = {
  id: 'c/cat',
  label: 'cat',
  targetLabel: 'cluster',
  baseUrl: 'http://127.0.0.1:1',
  modelName: "cat'$(id)",
  protocol: 'v1',
  headers: { Host: 'cat.example.com', Authorization: 'Bearer secret', 'X-"; rm -rf /': 'y' },
  maxRequestBytes: 6_553_500,
  imageEncoding: 'rgb-jpeg',
};
const environment = {
  MODEL_HOST: 'cat.example.com',
  MODEL_AUTHORIZATION: 'Bearer of the test',
  NO_PROXY: '127.0.0.1',
  no_proxy: '127.0.0.1',
};

describe('snippets', () => {
  it('hold no secret, and no header name that could be code', () => {
    for (const snippet of [asCurl(endpoint, 'cat.jpg'), asPython(endpoint, 'cat.jpg')]) {
      assert.ok(!snippet.includes('secret') && !snippet.includes('rm -rf'), snippet);
      assert.match(snippet, /^# The file must be an RGB JPEG\.\n# Set MODEL_HOST .*\n# Set MODEL_AUTHORIZATION /);
    }
  });
});

describe('snippets for a private certificate authority', () => {
  it('name its file by a variable, and never hold it', () => {
    const secure = { ...endpoint, baseUrl: 'https://127.0.0.1:1', ca: '-----BEGIN CERTIFICATE-----' };
    const [curl, python] = [asCurl(secure, 'cat.jpg'), asPython(secure, 'cat.jpg')];
    assert.match(curl, /--cacert "\$MODEL_CA_FILE"/);
    assert.match(python, /cafile=os\.environ\["MODEL_CA_FILE"\]/);
    for (const snippet of [curl, python]) {
      assert.match(snippet, /# Set MODEL_CA_FILE /);
      assert.ok(!snippet.includes('BEGIN'));
    }
  });
});

const steps = {
  resize: 40,
  crop: 32,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  layout: 'NCHW',
} as const;
const tensor: TensorInput = {
  kind: 'tensor',
  tensor: { name: 'INPUT__0', datatype: 'FP32', shape: [1, 3, 32, 32] },
  input: fromPreprocessing(steps).input,
};

const halfTensor = {
  kind: 'tensor',
  tensor: { name: 'INPUT__0', datatype: 'FP16', shape: [1, 3, 32, 32] },
  input: { ...fromPreprocessing(steps).input, type: 'float16' },
} as const satisfies TensorInput;

const python = process.platform === 'win32' ? 'python' : 'python3';
const programs: [string, (endpoint: Endpoint, fileName: string) => string, string, string][] = [
  ['curl', asCurl, 'sh', '-c'],
  ['Python', asPython, python, '-c'],
];

describe('snippets, run', () => {
  let folder: string;
  let server: http.Server;
  let baseUrl: string;
  /** How a script is run. */
  let options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
  let seen: { body: Buffer; request: http.IncomingMessage } | undefined;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'model-deck-snippets-'));
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen = { body: Buffer.concat(chunks), request };
        response.end('{"predictions":[{"tabby":1}]}');
      });
    });
    baseUrl = await listening(server);
    options = { cwd: folder, env: { ...process.env, ...environment } };
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [name, make, program, option] of programs) {
    for (const protocol of ['v1', 'v2'] as const) {
      it(`${name} sends the file in ${protocol}`, async (context) => {
        if (!(await isInstalled(name === 'curl' ? 'curl' : program)))
          return context.skip(`${program} is not installed`);
        // Windows forbids such file names; the quoting is the same for a plain one.
        const fileName = process.platform === 'win32' ? 'photo.jpg' : hostileName;
        await writeFile(path.join(folder, fileName), image);
        const snippet = make({ ...endpoint, baseUrl, protocol }, fileName);
        const { stdout } = await run(program, [option, snippet], options);
        assert.deepEqual(JSON.parse(stdout), { predictions: [{ tabby: 1 }] });
        assert.ok(seen);
        const data = Buffer.from(image).toString('base64');
        if (protocol === 'v1') assert.deepEqual(parseV1Request(seen.body.toString()), [image]);
        else assert.deepEqual(parseV2Request(seen.body.toString()).inputs[0]?.data, [data]);
        assert.ok(decodeURIComponent(seen.request.url ?? '').includes(endpoint.modelName));
        const { host, authorization } = seen.request.headers;
        assert.deepEqual(
          [host, authorization, seen.request.headers['content-type']],
          ['cat.example.com', 'Bearer of the test', 'application/json'],
        );
      });
    }
  }

  it('Python computes the tensor that we compute, and curl sends it', async (context) => {
    if (!(await isInstalled(python, '-c', 'import numpy, PIL')))
      return context.skip('NumPy or Pillow is not installed');
    await writeFile(path.join(folder, 'photo.jpg'), image);
    const v2 = { ...endpoint, baseUrl, protocol: 'v2' } as const;
    const ours = tensorOf(await decodeImage(image), steps);
    for (const [program, snippet] of [
      [python, asPython(v2, 'photo.jpg', tensor)],
      ['sh', asCurl(v2, 'photo.jpg', tensor)],
    ] as const) {
      if (program === 'sh' && !(await isInstalled('curl'))) continue;
      await run(program, ['-c', snippet], options);
      const { body } = seen ?? assert.fail('nothing was sent');
      const { name, shape, data } = (JSON.parse(body.toString()) as { inputs: [SentTensor] }).inputs[0];
      assert.deepEqual([name, shape, data.length], ['INPUT__0', [1, 3, 32, 32], ours.length]);
      const furthest = data.reduce((most, value, index) => Math.max(most, Math.abs(value - (ours[index] ?? 0))), 0);
      assert.ok(furthest < 1e-5, `furthest ${furthest}`);
    }
  });

  it('Python asks for all files that are named, over one connection, with the tensors as bytes and as often as the batch is large', async (context) => {
    if (!(await isInstalled(python, '-c', 'import numpy, PIL')))
      return context.skip('NumPy or Pillow is not installed');
    await Promise.all(['one.jpg', 'two.jpg'].map((name) => writeFile(path.join(folder, name), image)));
    const batch = { ...tensor, asBytes: true, tensor: { ...tensor.tensor, shape: [2, 3, 32, 32] } };
    await writeFile(path.join(folder, 'ask.py'), asPython({ ...endpoint, baseUrl, protocol: 'v2' }, 'no.jpg', batch));
    const ports = new Set<number | undefined>();
    const note = (request: http.IncomingMessage): unknown => ports.add(request.socket.remotePort);
    server.on('request', note);
    const { stdout } = await run(python, ['ask.py', 'one.jpg', 'two.jpg'], options);
    server.off('request', note);
    assert.equal(stdout.match(/tabby/g)?.length, 2);
    assert.equal(ports.size, 1);
    const { body, request } = seen ?? assert.fail('nothing was sent');
    const ours = tensorOf(await decodeImage(image), steps);
    const sent = body.subarray(Number(request.headers['inference-header-content-length']));
    const numbers = new Float32Array(Uint8Array.from(sent).buffer);
    assert.equal(numbers.length, ours.length * 2);
    const furthest = numbers.reduce((most, value, at) => Math.max(most, Math.abs(value - (ours[at % ours.length] ?? 0))), 0);
    assert.ok(furthest < 1e-5, `furthest ${furthest}`);
  }); // prettier-ignore

  it('Python ends with the words of a server that refuses', async (context) => {
    if (!(await isInstalled(python))) return context.skip('Python is not installed');
    const refusing = http.createServer((_, response) => response.writeHead(404).end('{"error":"no cat"}'));
    const endpointOfRefusing = { ...endpoint, baseUrl: await listening(refusing) };
    await writeFile(path.join(folder, 'photo.jpg'), image);
    await assert.rejects(run(python, ['-c', asPython(endpointOfRefusing, 'photo.jpg')], options), {
      message: /404 Not Found: \{"error":"no cat"\}/,
    });
    refusing.close();
    refusing.closeAllConnections();
  });

  it('Python sends a tensor of 16-bit floats as bytes after the JSON, and curl the same', async (context) => {
    if (!(await isInstalled(python, '-c', 'import numpy, PIL')))
      return context.skip('NumPy or Pillow is not installed');
    await writeFile(path.join(folder, 'photo.jpg'), image);
    const v2 = { ...endpoint, baseUrl, protocol: 'v2' } as const;
    const ours = preprocess(await decodeImage(image), halfTensor.input);
    for (const [program, snippet] of [
      [python, asPython(v2, 'photo.jpg', halfTensor)],
      ['sh', asCurl(v2, 'photo.jpg', halfTensor)],
    ] as const) {
      if (program === 'sh' && !(await isInstalled('curl'))) continue;
      await run(program, ['-c', snippet], options);
      const { body, request } = seen ?? assert.fail('nothing was sent');
      const length = Number(request.headers['inference-header-content-length']);
      const [sent] = (JSON.parse(body.toString('utf8', 0, length)) as { inputs: [object] }).inputs;
      assert.deepEqual(sent, { ...halfTensor.tensor, parameters: { binary_data_size: ours.byteLength } });
      assert.equal(request.headers['content-type'], 'application/octet-stream');
      assert.deepEqual(body.subarray(length), Buffer.from(ours.buffer, ours.byteOffset, ours.byteLength));
    }
  });
});

describe('snippets for a tensor of 16-bit floats', () => {
  it('have no numbers in the JSON, which servers refuse', () => {
    const v2 = { ...endpoint, protocol: 'v2' } as const;
    const python = asPython(v2, 'cat.jpg', halfTensor);
    assert.match(python, /prepare_picture\(picture, steps\)\.astype\("<f2"\)\.tobytes\(\)/);
    assert.match(python, /"parameters": \{"binary_data_size": len\(data\)\}/);
    assert.match(python, /"Inference-Header-Content-Length": str\(len\(text\)\)/);
    assert.doesNotMatch(python, /tolist\(\),|application\/json/);
    assert.match(asCurl(v2, 'cat.jpg', halfTensor), /--header @request\.headers [^]*--data-binary @request\.bin/);
  });
});

interface SentTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** @returns the address */
async function listening(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function isInstalled(program: string, ...options: readonly string[]): Promise<boolean> {
  return run(program, options.length > 0 ? options : ['--version']).then(
    () => true,
    () => false,
  );
}
