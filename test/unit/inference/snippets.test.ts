import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { asCurl, asPython } from '../../../src/inference/index.ts';
import type { Endpoint } from '../../../src/inference/index.ts';
import { parseV1Request, parseV2Request } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';

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

const programs: [string, (endpoint: Endpoint, fileName: string) => string, string, string][] = [
  ['curl', asCurl, 'sh', '-c'],
  ['Python', asPython, process.platform === 'win32' ? 'python' : 'python3', '-c'],
];

describe('snippets, run', () => {
  let folder: string;
  let server: http.Server;
  let seen: { body: string; request: http.IncomingMessage } | undefined;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'model-deck-snippets-'));
    server = http.createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        seen = { body, request };
        response.end('{"predictions":[{"tabby":1}]}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
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
        const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const snippet = make({ ...endpoint, baseUrl, protocol }, fileName);
        const { stdout } = await run(program, [option, snippet], {
          cwd: folder,
          env: { ...process.env, ...environment },
        });
        assert.deepEqual(JSON.parse(stdout), { predictions: [{ tabby: 1 }] });
        assert.ok(seen);
        const { inputs } = (protocol === 'v1' ? parseV1Request : parseV2Request)(seen.body);
        assert.deepEqual(inputs, [image]);
        assert.ok(decodeURIComponent(seen.request.url ?? '').includes(endpoint.modelName));
        const { host, authorization } = seen.request.headers;
        assert.deepEqual(
          [host, authorization, seen.request.headers['content-type']],
          ['cat.example.com', 'Bearer of the test', 'application/json'],
        );
      });
    }
  }
});

async function isInstalled(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}
