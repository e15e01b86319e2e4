import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ClusterConnection, RawAnswer, RawRequest } from '../../../../src/cluster/clusterConnection.ts';
import type { KubeObject } from '../../../../src/cluster/objects/resource.ts';
import { ServiceAccountTokens } from '../../../../src/targets/kserve/routes/serviceAccountTokens.ts';
import { status } from '../../cluster/apiAnswers.ts';

const hour = 3_600_000;

describe('tokens of a ServiceAccount', () => {
  let asked: RawRequest[];
  let now: number;
  let answer: () => RawAnswer;
  let accounts: () => Promise<readonly string[]>;
  let tokens: ServiceAccountTokens;

  beforeEach(() => {
    asked = [];
    now = Date.parse('2026-11-28T10:00:00Z');
    answer = () => granted(hour);
    accounts = () => Promise.resolve(['default', 'builder', 'cats-sa']);
    const connection: Pick<ClusterConnection, 'request' | 'list'> = {
      request: async (request) => {
        asked.push(request);
        return Promise.resolve(answer());
      },
      list: async () => {
        const items = (await accounts()).map((name): KubeObject => ({ metadata: { name } }));
        return { items: items as never, resourceVersion: '1' };
      },
    };
    tokens = new ServiceAccountTokens({ connection: connection as ClusterConnection, namespace: 'ml' }, () => now);
  });

  function granted(lifetime: number): RawAnswer {
    const expirationTimestamp = new Date(now + lifetime).toISOString();
    return { status: 201, body: JSON.stringify({ status: { token: `token-${asked.length}`, expirationTimestamp } }) };
  }

  it('are asked of the cluster for an hour', async () => {
    const { token } = await tokens.of('cats-sa', {});
    assert.equal(token, 'token-1');
    const [{ method, path, body } = { method: '', path: '', body: '' }] = asked;
    assert.deepEqual([method, path], ['POST', '/api/v1/namespaces/ml/serviceaccounts/cats-sa/token']);
    const request = JSON.parse(body ?? '') as { kind: string; spec: { expirationSeconds: number } };
    assert.deepEqual([request.kind, request.spec.expirationSeconds], ['TokenRequest', 3600]);
  });

  it('are used until shortly before they expire, and then asked for again', async () => {
    const { freshUntil } = await tokens.of('cats-sa', {});
    assert.ok(freshUntil < now + hour && freshUntil > now + hour / 2);
    assert.equal((await tokens.of('cats-sa', {})).token, 'token-1');
    now = freshUntil + 1;
    assert.equal((await tokens.of('cats-sa', {})).token, 'token-2');
  });

  it('live no longer than the cluster says', async () => {
    answer = () => granted(600_000);
    assert.ok((await tokens.of('cats-sa', {})).freshUntil < now + 600_000);
  });

  it('are those of one account each', async () => {
    assert.equal((await tokens.of('cats-sa', {})).token, 'token-1');
    assert.equal((await tokens.of('builder', {})).token, 'token-2');
  });

  const refusals: readonly (readonly [code: number, category: string, message: RegExp])[] = [
    [403, 'forbidden', /you may not create serviceaccounts\/token there/],
    [404, 'not-found', /no ServiceAccount cats-sa in ml/],
    [401, 'unauthorized', /cats-sa in ml: Unauthorized/],
    [500, 'server', /cats-sa in ml: boom/],
  ];
  for (const [code, category, message] of refusals) {
    it(`say why there is none: ${code}, and are tried again at the next question`, async () => {
      answer = () => ({ status: code, body: JSON.stringify({ message: code === 401 ? 'Unauthorized' : 'boom' }) });
      await assert.rejects(tokens.of('cats-sa', {}), { category, message });
      answer = () => granted(hour);
      assert.equal((await tokens.of('cats-sa', {})).token, 'token-2');
    });
  }

  it('are offered for the account first that is made for the service', async () => {
    assert.deepEqual(await tokens.list('cats', {}), ['cats-sa', 'builder', 'default']);
  });

  it('are of an account that the user names, who may not list them', async () => {
    accounts = () => Promise.reject(status(403, 'serviceaccounts is forbidden', {}));
    assert.equal(await tokens.list('cats', {}), undefined);
    accounts = () => Promise.reject(status(500, 'boom', {}));
    await assert.rejects(tokens.list('cats', {}), { category: 'server' });
  });
});
