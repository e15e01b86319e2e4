import path from 'node:path';
import { toBlock } from './kubeconfigFiles.ts';

/** What the cases are made of: a cluster, and ways to sign in to it. */
export interface Materials {
  readonly url: string;
  /** All PEM. */
  readonly ca: string;
  /** Of another authority. */
  readonly strangerCa: string;
  /** The certificate that the server shows. */
  readonly serverCertificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly encryptedKey: string;
  readonly otherKey: string;
  readonly token: string;
}

export interface KubeconfigCase {
  readonly name: string;
  /** Files by their name; the first is the kubeconfig, unless `environment` says otherwise. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly environment?: (folder: string) => Readonly<Record<string, string>>;
  /** Why ours comes out otherwise than kubectl, on purpose. */
  readonly differs?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Kubeconfigs as people have them, by kinds. Each is tried with kubectl and with ours. */
export function kubeconfigCases(materials: Materials): readonly KubeconfigCase[] {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const { url, ca, token, clientCertificate, clientKey } = materials;
  const caData = { 'certificate-authority-data': base64(ca) };
  const byCertificate = {
    'client-certificate-data': base64(clientCertificate),
    'client-key-data': base64(clientKey),
  };
  const byToken = { token };
  const execVersion = 'client.authentication.k8s.io/v1';
  const exec = (more: Fields = {}): Fields => ({
    exec: { apiVersion: execVersion, command: './plugin', interactiveMode: 'Never', ...more },
  });
  const answer = (status: object, apiVersion = execVersion): string =>
    `#!/bin/sh\ncat <<'END'\n${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\nEND\n`;
  const whole = (cluster: Fields, user: Fields | undefined, context: Fields = {}, more: Fields = {}): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', ...(user && { user: 'u' }), ...context } }],
      clusters: [{ name: 'k', cluster: { server: url, ...caData, ...cluster } }],
      ...(user && { users: [{ name: 'u', user }] }),
      ...more,
    });
  const one = (name: string, content: string | Buffer, more: Partial<KubeconfigCase> = {}): KubeconfigCase => ({
    name,
    ...more,
    files: { config: content, ...more.files },
  });
  const withUser = (name: string, user: Fields | undefined, more: Partial<KubeconfigCase> = {}): KubeconfigCase =>
    one(name, whole({}, user), more);
  const withCluster = (name: string, cluster: Fields, more: Partial<KubeconfigCase> = {}): KubeconfigCase =>
    one(name, whole(cluster, byToken), more);

  const signIns: readonly (readonly [string, Fields | undefined, Readonly<Record<string, string>>?])[] = [
    ['a certificate', byCertificate],
    [
      'a certificate in files',
      { 'client-certificate': 'u.crt', 'client-key': './u.key' },
      { 'u.crt': clientCertificate, 'u.key': clientKey },
    ],
    ['a token', byToken],
    ['a token file', { tokenFile: 't' }, { t: `${token}\n` }],
    ['a plugin', exec(), { plugin: answer({ token }) }],
    ['nothing', undefined],
  ];
  const encodings: readonly (readonly [string, (text: string) => Buffer])[] = [
    ['UTF-8', (text) => Buffer.from(text)],
    ['UTF-8 with a mark', (text) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['big-endian UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ];
  const matrix = encodings.flatMap(([encoding, encode]) =>
    signIns.map(([how, user, files]) =>
      one(`${encoding}, signed in by ${how}`, encode(whole({}, user)), files && { files }),
    ),
  );

  const order = [
    withUser('a token beside a token file', { token: 'stale', tokenFile: 't' }, { files: { t: token } }),
    withUser('a token beside a token file that is missing', { ...byToken, tokenFile: 'absent' }),
    withUser('a token file that is missing', { tokenFile: 'absent' }),
    withUser('an empty token file', { tokenFile: 't' }, { files: { t: '' } }),
    withUser('a token and a certificate', { ...byToken, ...byCertificate }),
    withUser(
      'a token and a plugin that fails',
      { ...byToken, ...exec() },
      { files: { plugin: '#!/bin/sh\nexit 1\n' } },
    ),
    withUser(
      'a certificate and a plugin that fails',
      { ...byCertificate, ...exec() },
      { files: { plugin: '#!/bin/sh\nexit 1\n' } },
    ),
    withUser('a user name and password', { username: 'ada', password: 'pw' }),
    withUser('an unknown token', { token: 'unknown' }),
    withUser('a token with a line end', { token: `${token}\n` }),
    withUser('a token with letters beyond ASCII', { token: 'tökén→' }),
    withUser('a certificate without a key', { 'client-certificate-data': byCertificate['client-certificate-data'] }),
    withUser('a key without a certificate', { 'client-key-data': byCertificate['client-key-data'] }),
    withUser('a key of another certificate', { ...byCertificate, 'client-key-data': base64(materials.otherKey) }),
    withUser('an encrypted key', { ...byCertificate, 'client-key-data': base64(materials.encryptedKey) }),
    withUser('a certificate that is none', { ...byCertificate, 'client-certificate-data': base64('none') }),
    withUser('a certificate that is no base64', { ...byCertificate, 'client-certificate-data': '%%%' }),
    withUser('a certificate file that is missing', { 'client-certificate': 'absent', 'client-key': 'absent' }),
    withUser(
      'certificate data before a file that is missing',
      {
        ...byCertificate,
        'client-certificate': 'absent',
        'client-key': 'absent',
      },
      { differs: 'the data counts, and the file is not needed' },
    ),
    withUser('an auth-provider that was given up', { 'auth-provider': { name: 'gcp' } }),
    withUser('no credentials', {}),
    one('a context without a user', whole({}, undefined, { user: '' })),
  ];

  const trust = [
    withCluster('the authority', {}),
    withCluster(
      'the authority in a file',
      { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt' },
      { files: { 'ca.crt': ca } },
    ),
    withCluster('the authority in a file that is missing', {
      'certificate-authority-data': undefined,
      'certificate-authority': 'absent',
    }),
    withCluster(
      'authority data before a file that is missing',
      { 'certificate-authority': 'absent' },
      { differs: 'the data counts, and the file is not needed' },
    ),
    withCluster("the server's own certificate", { 'certificate-authority-data': base64(materials.serverCertificate) }),
    withCluster('another authority', { 'certificate-authority-data': base64(materials.strangerCa) }),
    withCluster('another authority, then the right one', {
      'certificate-authority-data': base64(`${materials.strangerCa}\n${ca}`),
    }),
    withCluster('text around the certificate', {
      'certificate-authority-data': base64(`# of the hospital\n${ca}\n# end\n`),
    }),
    withCluster('an authority that is none', { 'certificate-authority-data': base64('none') }),
    withCluster('an authority that is no base64', { 'certificate-authority-data': '%%%' }),
    withCluster('no authority', { 'certificate-authority-data': undefined }),
    withCluster(
      'no authority, but SSL_CERT_FILE',
      { 'certificate-authority-data': undefined },
      { files: { 'ca.crt': ca }, environment: (folder) => ({ SSL_CERT_FILE: path.join(folder, 'ca.crt') }) },
    ),
    withCluster(
      'no authority, but SSL_CERT_DIR',
      { 'certificate-authority-data': undefined },
      { files: { 'certs/ca.crt': ca }, environment: (folder) => ({ SSL_CERT_DIR: path.join(folder, 'certs') }) },
    ),
    withCluster('no verification', { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true }),
    withCluster('no verification beside an authority', { 'insecure-skip-tls-verify': true }),
    withCluster('verification switched on by name', { 'insecure-skip-tls-verify': false }),
    withCluster('a name of the certificate', { 'tls-server-name': 'kubernetes.default.svc' }),
    withCluster('a name that the certificate has not', { 'tls-server-name': 'other.example.com' }),
    withCluster('an address by name', { server: url.replace('127.0.0.1', 'localhost') }),
  ];

  const addresses = [
    ['in capitals', url.replace('https', 'HTTPS')],
    ['with a slash at the end', `${url}/`],
    ['with two slashes at the end', `${url}//`],
    ['with a path that the server has not', `${url}/k8s/clusters/c-1`],
    ['without TLS', url.replace('https', 'http')],
    ['without a scheme', url.replace('https://', '')],
    ['of a port where nothing listens', 'https://127.0.0.1:1'],
    ['that is empty', ''],
    ['that is no address', 'https://'],
    ['of a name that is unknown', 'https://absent.invalid:6443'],
    ['of another scheme', url.replace('https', 'ftp')],
  ].map(([name, server]) => withCluster(`an address ${name}`, { server }));

  const types = [
    withUser('a token that is a number', { token: 12345 }),
    withUser('a token that is a list', { token: [token] }),
    withUser('a user to act as that is a number', { ...byCertificate, as: 7 }),
    withUser('groups that are one text', { ...byCertificate, as: 'eve', 'as-groups': 'a' }),
    withUser('groups with a number', { ...byCertificate, as: 'eve', 'as-groups': ['a', 1] }),
    withUser('extra that is a text', { ...byCertificate, as: 'eve', 'as-user-extra': 'a' }),
    withUser('extra with a text instead of a list', { ...byCertificate, as: 'eve', 'as-user-extra': { a: 'b' } }),
    withUser('a plugin that is a text', { exec: './plugin' }),
    withUser('arguments that are a text', exec({ args: 'get' }), { files: { plugin: answer({ token }) } }),
    withUser('a variable without a name', exec({ env: [{ value: 'x' }] }), {
      files: { plugin: answer({ token }) },
      differs: 'a variable without a name sets nothing',
    }),
    withUser('empty values', { ...byToken, username: null, 'client-certificate': '', as: '' }),
    withCluster('an address that is a number', { server: 443 }),
    withCluster('verification that is a text', { 'insecure-skip-tls-verify': 'true' }),
    withCluster('verification that is a number', { 'insecure-skip-tls-verify': 1 }),
    withCluster('a name that is a number', { 'tls-server-name': 5 }),
    one('a namespace that is a number', whole({}, byToken, { namespace: 5 })),
    one('a namespace that is true', whole({}, byToken, { namespace: true })),
    one('a cluster that is a text', whole({}, byToken, {}, { clusters: [{ name: 'k', cluster: url }] })),
    one('users that are a mapping', whole({}, byToken, {}, { users: { u: byToken } })),
    one('a current context that is a number', whole({}, byToken, {}, { 'current-context': 5 }), {
      differs: 'the context is named by whoever asks, the current one does not matter',
    }),
  ];

  const impersonation = [
    withUser('acting as a user', { ...byCertificate, as: 'eve' }),
    withUser('acting with groups', { ...byCertificate, as: 'eve', 'as-groups': ['nurses', 'system:masters'] }),
    withUser('acting with an id', { ...byCertificate, as: 'eve', 'as-uid': '77' }),
    withUser('acting with extra', {
      ...byCertificate,
      as: 'eve',
      'as-user-extra': { 'acme.io/ward': ['a', 'b'], Scopes: ['x'] },
    }),
    withUser('acting as a user with an umlaut', { ...byCertificate, as: 'Jürgen Müller' }),
    withUser('acting as a user in Chinese, with groups', {
      ...byCertificate,
      as: '王芳',
      'as-groups': ['Ärzte', '护士'],
    }),
    withUser('groups without a user', { ...byCertificate, 'as-groups': ['system:masters'] }),
    withUser('an id without a user', { ...byCertificate, 'as-uid': '7' }),
    withUser('extra without a user', { ...byCertificate, 'as-user-extra': { a: ['b'] } }),
    withUser('acting as a service account', { ...byCertificate, as: 'system:serviceaccount:kube-system:default' }),
  ];

  const yaml = whole({}, byToken);
  const documents = [
    one('a second document', `${yaml}\n---\n{"contexts": []}\n`),
    one('a second document that is broken', `${yaml}\n---\ncontexts: [\n`),
    one('a document mark first', `---\n${yaml}\n`),
    one('a document that ends', `${yaml}\n...\n`),
    one('comments only', '# nothing\n'),
    one('an empty file', ''),
    one('a list', '- a\n'),
    one('a text', 'kubeconfig\n'),
    one('broken YAML', 'contexts:\n  - {name: c\n'),
    one('broken JSON', yaml.slice(0, -5)),
    one('doubled top-level keys', `contexts: []\n${toBlock(yaml)}`),
    one('doubled keys of a user', yaml.replace('{"token":', '{"token":"stale","token":')),
    one('Windows line ends', toBlock(yaml).replaceAll('\n', '\r\n')),
    one('a tab as indentation', 'contexts:\n\t- name: c\n'),
    one('an unknown field', whole({}, byToken, {}, { preferences: { colors: true }, more: 1 })),
    one('another apiVersion', whole({}, byToken, {}, { apiVersion: 'v2' }), {
      differs: 'the version says nothing about the fields that are read',
    }),
    one('another kind', whole({}, byToken, {}, { kind: 'Pod' }), {
      differs: 'the kind says nothing about the fields that are read',
    }),
    one('no kind', whole({}, byToken, {}, { kind: undefined, apiVersion: undefined })),
    one(
      'an anchor and a merge',
      `x: &x {server: "${url}", certificate-authority-data: ${base64(ca)}}\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {<<: *x}}]\nusers: [{name: u, user: {token: "${token}"}}]\n`,
    ),
    one(
      'a date as a namespace',
      toBlock(whole({}, byToken, { namespace: 'x' })).replace('namespace: x', 'namespace: 2024-01-01'),
    ),
    one(
      'a name twice, the first counts',
      whole(
        {},
        byToken,
        {},
        {
          users: [
            { name: 'u', user: byToken },
            { name: 'u', user: { token: 'other' } },
          ],
        },
      ),
      { differs: 'kubectl takes the last of one file; with two files the first' },
    ),
    one('a cluster that is not defined', whole({}, byToken, { cluster: 'absent' })),
    one('a user that is not defined', whole({}, byToken, { user: 'absent' })),
    one('no cluster', whole({}, byToken, { cluster: '' })),
  ];

  const several = (
    name: string,
    first: string,
    second: string,
    more: Partial<KubeconfigCase> = {},
  ): KubeconfigCase => ({
    name,
    files: { config: first, second },
    environment: (folder) => ({
      KUBECONFIG: [path.join(folder, 'config'), path.join(folder, 'second')].join(path.delimiter),
    }),
    ...more,
  });
  const clusterOnly = JSON.stringify({ clusters: [{ name: 'k', cluster: { server: url, ...caData } }] });
  const contextOnly = JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    users: [{ name: 'u', user: byToken }],
  });
  const files = [
    several('parts in two files', contextOnly, clusterOnly),
    several('the first file wins', yaml, JSON.stringify({ users: [{ name: 'u', user: { token: 'stale' } }] })),
    several(
      'the first file wins, though it is wrong',
      JSON.stringify({ users: [{ name: 'u', user: { token: 'stale' } }] }),
      yaml,
    ),
    several('an empty file before', '', yaml),
    several('a broken file after', yaml, 'a: [', { differs: 'a broken file hides its own contexts only' }),
    several('a broken file before', 'a: [', yaml, { differs: 'a broken file hides its own contexts only' }),
    several('a list after', yaml, '- a', { differs: 'a broken file hides its own contexts only' }),
    {
      ...several('a file that is missing before', yaml, ''),
      environment: (folder: string) => ({
        KUBECONFIG: [path.join(folder, 'absent'), path.join(folder, 'config')].join(path.delimiter),
      }),
    },
  ];

  const plugins = [
    withUser(
      'a plugin with arguments and a variable',
      exec({ args: ['get', '-x'], env: [{ name: 'T', value: token }] }),
      {
        files: {
          plugin: `#!/bin/sh\n[ "$1$2" = get-x ] || exit 3\necho "{\\"apiVersion\\":\\"${execVersion}\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$T\\"}}"\n`,
        },
      },
    ),
    withUser('a plugin of the beta', exec({ apiVersion: 'client.authentication.k8s.io/v1beta1' }), {
      files: { plugin: answer({ token }, 'client.authentication.k8s.io/v1beta1') },
    }),
    withUser('a plugin of the alpha', exec({ apiVersion: 'client.authentication.k8s.io/v1alpha1' }), {
      files: { plugin: answer({ token }, 'client.authentication.k8s.io/v1alpha1') },
    }),
    withUser('a plugin without a version', exec({ apiVersion: undefined }), { files: { plugin: answer({ token }) } }),
    withUser('a plugin that answers in another version', exec(), {
      files: { plugin: answer({ token }, 'client.authentication.k8s.io/v1beta1') },
    }),
    withUser('a plugin that answers without a kind', exec(), {
      files: { plugin: `#!/bin/sh\necho '{"status":{"token":"${token}"}}'\n` },
    }),
    withUser('a plugin that hands out a certificate', exec(), {
      files: { plugin: answer({ clientCertificateData: clientCertificate, clientKeyData: clientKey }) },
    }),
    withUser('a plugin that hands out half a certificate', exec(), {
      files: { plugin: answer({ clientCertificateData: clientCertificate }) },
    }),
    withUser('a plugin that hands out nothing', exec(), { files: { plugin: answer({}) } }),
    withUser('a plugin that answers with no JSON', exec(), { files: { plugin: '#!/bin/sh\necho hello\n' } }),
    withUser('a plugin that fails', exec(), { files: { plugin: '#!/bin/sh\necho expired >&2\nexit 1\n' } }),
    withUser('a plugin that is missing', exec({ command: './absent' })),
    withUser('a plugin that is not on the PATH', exec({ command: 'absent-plugin' })),
    withUser('a plugin without a command', exec({ command: '' })),
    withUser('a plugin that needs a terminal', exec({ interactiveMode: 'Always' }), {
      files: { plugin: answer({ token }) },
    }),
    withUser('a plugin that may use a terminal', exec({ interactiveMode: 'IfAvailable' }), {
      files: { plugin: answer({ token }) },
    }),
    withUser('a plugin with an unknown mode', exec({ interactiveMode: 'Sometimes' }), {
      files: { plugin: answer({ token }) },
    }),
    withUser('a plugin without a mode', exec({ interactiveMode: undefined }), { files: { plugin: answer({ token }) } }),
    withUser('a plugin that is told of the cluster', exec({ provideClusterInfo: true }), {
      files: {
        plugin: `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" | grep -q certificate-authority-data || exit 4\n${answer({ token }).split('\n').slice(1).join('\n')}`,
      },
    }),
    withUser('a plugin whose credential has ended', exec(), {
      files: { plugin: answer({ token, expirationTimestamp: '2020-01-01T00:00:00Z' }) },
    }),
  ];

  const proxies = [
    withCluster('a proxy of another kind', { 'proxy-url': 'ftp://127.0.0.1:1' }),
    withCluster('a proxy that is no address', { 'proxy-url': 'http://' }),
    withCluster('a proxy where nothing listens', { 'proxy-url': 'http://127.0.0.1:1' }),
    withCluster('a SOCKS proxy where nothing listens', { 'proxy-url': 'socks5://127.0.0.1:1' }),
    withCluster('a proxy that is empty', { 'proxy-url': '' }),
  ];

  return [
    ...matrix,
    ...order,
    ...trust,
    ...addresses,
    ...types,
    ...impersonation,
    ...documents,
    ...files,
    ...plugins,
    ...proxies,
  ];
}
