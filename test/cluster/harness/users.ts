import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiClient } from './apiClient.ts';
import { applyAll, pathOf } from './applyManifests.ts';
import type { Authority } from './certificates.ts';
import type { UserOrder } from './cluster.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Credentials } from './kubeconfig.ts';
import type { Manifest } from './kserveManifests.ts';
import type { KubeObject } from './kubeTypes.ts';

export interface UserParts {
  readonly api: ApiClient;
  readonly authority: Authority;
  readonly folder: string;
  readonly url: string;
}

/** Path of a kubeconfig for somebody with just these rights. */
export async function userKubeconfig(parts: UserParts, order: UserOrder): Promise<string> {
  const { name, namespace, by = 'certificate' } = order;
  const accountNamespace = namespace ?? 'default';
  const subject =
    by === 'certificate'
      ? { kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' }
      : { kind: 'ServiceAccount', name, namespace: accountNamespace };
  if (by !== 'certificate') await applyAll(parts.api, [serviceAccount(accountNamespace, name)]);
  if (order.rules !== undefined) await applyAll(parts.api, rights(order, subject));
  const file = path.join(parts.folder, `${name}-${randomBytes(4).toString('hex')}.kubeconfig`);
  await writeKubeconfig(file, {
    server: parts.url,
    ca: parts.authority.ca,
    credentials: await credentials(parts, order, accountNamespace),
    ...(namespace === undefined ? {} : { namespace }),
  });
  return file;
}

async function credentials(parts: UserParts, { name, by }: UserOrder, namespace: string): Promise<Credentials> {
  switch (by) {
    case 'token':
      return { token: await requestToken(parts.api, namespace, name) };
    case 'expired-token':
      return { token: await expiredToken(parts, namespace, name) };
    default:
      return { clientCertificate: await parts.authority.clientCertificate({ user: name }) };
  }
}

async function requestToken(api: ApiClient, namespace: string, name: string): Promise<string> {
  const { status } = await api.post<{ readonly status: { readonly token: string } }>(
    `${pathOf(serviceAccount(namespace, name))}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
  );
  return status.token;
}

/** Signed with the cluster's own key, so that its age is all that is wrong with it. */
async function expiredToken({ api, authority }: UserParts, namespace: string, name: string): Promise<string> {
  const { metadata } = await api.get<KubeObject>(pathOf(serviceAccount(namespace, name)));
  const issuer = 'https://kubernetes.default.svc';
  const before = Math.floor(Date.now() / 1000) - 7200;
  const claims = {
    iss: issuer,
    aud: [issuer],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: before,
    nbf: before,
    exp: before + 3600,
    'kubernetes.io': { namespace, serviceaccount: { name, uid: metadata.uid } },
  };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const content = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`;
  const key = createPrivateKey(await readFile(authority.serviceAccountKey));
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

function serviceAccount(namespace: string, name: string): Manifest {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } };
}

function rights({ name, namespace, rules = [] }: UserOrder, subject: object): readonly Manifest[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name: `test-${name}`, ...(namespace === undefined ? {} : { namespace }) };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name };
  return [
    { apiVersion, kind, metadata, rules },
    { apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects: [subject] },
  ];
}
