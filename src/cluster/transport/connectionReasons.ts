/** Why a connection failed, in words, and what to do about it. */
export interface ConnectionReason {
  readonly reason: string;
  /** The same in two or three words, for a row of a tree. */
  readonly brief: string;
  readonly remedy: string;
  /** Whether the kubeconfig is the place to look. */
  readonly inKubeconfig: boolean;
}

/** @param server the API server's address, for the sentence */
export function connectionReason(error: unknown, server: string): ConnectionReason {
  const { code, reason, proxyStatus } = error as { code?: string; reason?: string; proxyStatus?: number };
  const host = URL.canParse(server) ? new URL(server).host : server;
  if (proxyStatus !== undefined) return proxyReason(proxyStatus, host);
  const known = code === undefined ? undefined : (network[code] ?? certificates[code] ?? protocols[code]);
  if (known !== undefined) {
    const detail =
      code === 'ERR_TLS_CERT_ALTNAME_INVALID' && reason !== undefined ? ` (${reason.replace(/\.$/, '')})` : '';
    return { ...known, reason: known.reason.replace('HOST', host) + detail };
  }
  // What Node and OpenSSL say is for the log: their texts name no cause that a user knows.
  const family = families.find(({ codes }) => codes.test(code ?? ''));
  if (family !== undefined) return { ...family.means, reason: family.means.reason.replace('HOST', host) };
  // Without a code they are our words or the cluster's, for example of a pod whose port refuses.
  const words = error instanceof Error && code === undefined && !isOpenSsl(error.message) ? error.message : '';
  const told =
    words === '' ? `the connection to ${host} failed${code === undefined ? '' : ` (${code})`}` : `${host}: ${words}`;
  return { reason: told, brief: 'connection failed', ...checkCluster };
}

function isOpenSsl(message: string): boolean {
  return /(^|[\s(])error:[0-9A-F]{8}:/i.test(message);
}

function proxyReason(status: number, host: string): ConnectionReason {
  return status === 407
    ? {
        reason: 'the proxy wants a user name and password',
        brief: 'proxy wants a sign-in',
        remedy: 'Put them into the address of the proxy, or name the cluster in NO_PROXY.',
        inKubeconfig: false,
      }
    : {
        reason: `the proxy answered ${status} instead of connecting to ${host}`,
        brief: `proxy answered ${status}`,
        remedy: 'Check the proxy, or name the cluster in NO_PROXY.',
        inKubeconfig: false,
      };
}

const checkCluster = { remedy: 'Check that the cluster runs and can be reached from here.', inKubeconfig: false };
const checkName = { remedy: 'Check the address in the kubeconfig, the VPN and the network.', inKubeconfig: true };

const network: Readonly<Record<string, ConnectionReason>> = {
  ECONNREFUSED: { reason: 'nothing listens at HOST', brief: 'connection refused', ...checkCluster },
  ECONNRESET: { reason: 'HOST cut the connection', brief: 'connection cut', ...checkCluster },
  EPIPE: { reason: 'HOST cut the connection', brief: 'connection cut', ...checkCluster },
  ETIMEDOUT: { reason: 'HOST does not respond', brief: 'no response', ...checkCluster },
  EHOSTUNREACH: { reason: 'there is no way to HOST', brief: 'no route to host', ...checkName },
  ENETUNREACH: { reason: 'there is no network to HOST', brief: 'no network', ...checkName },
  ENOTFOUND: { reason: 'the name of HOST is unknown', brief: 'unknown host', ...checkName },
  EAI_AGAIN: {
    reason: 'the name of HOST cannot be looked up right now',
    brief: 'host name lookup fails',
    ...checkName,
  },
};

const untrusted: ConnectionReason = {
  reason: 'the certificate of HOST comes from an authority that the kubeconfig does not trust',
  brief: 'certificate not trusted',
  remedy:
    'Put the certificate of the authority that signed it, or the server certificate itself, into certificate-authority of the kubeconfig.',
  inKubeconfig: true,
};
const refusedClient: ConnectionReason = {
  reason: 'HOST does not accept the client certificate of the kubeconfig',
  brief: 'client certificate refused',
  remedy: 'Renew the client certificate, for example by creating the kubeconfig again.',
  inKubeconfig: true,
};

const certificates: Readonly<Record<string, ConnectionReason>> = {
  CERT_HAS_EXPIRED: {
    reason: 'the certificate of HOST has expired',
    brief: 'certificate expired',
    remedy: "Renew the cluster's certificates, and check this computer's clock.",
    inKubeconfig: false,
  },
  CERT_NOT_YET_VALID: {
    reason: 'the certificate of HOST is not valid yet',
    brief: 'certificate not valid yet',
    remedy: "Check this computer's clock.",
    inKubeconfig: false,
  },
  CERT_REVOKED: {
    reason: 'the certificate of HOST was revoked',
    brief: 'certificate revoked',
    remedy: "Renew the cluster's certificates.",
    inKubeconfig: false,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'the certificate of HOST is made out to another name',
    brief: 'certificate has another name',
    remedy: 'Use the name that it is made out to as the server in the kubeconfig, or set tls-server-name.',
    inKubeconfig: true,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  INVALID_CA: untrusted,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: refusedClient,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: refusedClient,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: refusedClient,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: refusedClient,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: {
    reason: 'the client certificate and the client key of the kubeconfig do not belong together',
    brief: 'client key does not match',
    remedy: 'Create the kubeconfig again.',
    inKubeconfig: true,
  },
};

const notTls: ConnectionReason = {
  reason: 'HOST does not speak TLS',
  brief: 'not a TLS port',
  remedy: 'Check the port of the server in the kubeconfig, and whether it begins with https:// or http://.',
  inKubeconfig: true,
};
const unreadable: ConnectionReason = {
  reason: 'a certificate or key in the kubeconfig cannot be read',
  brief: 'certificate cannot be read',
  remedy: 'Create the kubeconfig again.',
  inKubeconfig: true,
};

const encryptedKey: ConnectionReason = {
  reason: 'the client key of the kubeconfig is encrypted with a password, which kubectl cannot read either',
  brief: 'client key is encrypted',
  remedy: 'Store the key without a password (openssl pkey), and protect the file.',
  inKubeconfig: true,
};

const protocols: Readonly<Record<string, ConnectionReason>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  EPROTO: notTls,
  HPE_INVALID_CONSTANT: {
    reason: 'HOST does not speak HTTP',
    brief: 'not an HTTP port',
    remedy: 'Check the port of the server in the kubeconfig, and whether it begins with https:// or http://.',
    inKubeconfig: true,
  },
  ERR_OSSL_PEM_NO_START_LINE: unreadable,
  ERR_OSSL_PEM_BAD_BASE64_DECODE: unreadable,
  ERR_OSSL_PEM_BAD_END_LINE: unreadable,
  ERR_OSSL_UNSUPPORTED: unreadable,
  ERR_MISSING_PASSPHRASE: encryptedKey,
  ERR_OSSL_BAD_DECRYPT: encryptedKey,
  ERR_OSSL_EVP_BAD_DECRYPT: encryptedKey,
  ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED: encryptedKey,
  ERR_INVALID_CHAR: {
    reason: 'the token of the kubeconfig holds characters that no HTTP header may hold',
    brief: 'token cannot be used',
    remedy: 'Renew the token in the kubeconfig.',
    inKubeconfig: true,
  },
};

/** What the codes of one family have in common, for those that are not listed by themselves. */
const families: readonly { readonly codes: RegExp; readonly means: ConnectionReason }[] = [
  {
    codes: /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT|PATH_LENGTH|INVALID_PURPOSE|HOSTNAME_)/,
    means: untrusted,
  },
  { codes: /^ERR_SSL_.*(ALERT_(BAD_CERT|CERT|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE))/, means: refusedClient },
  { codes: /^ERR_OSSL_/, means: unreadable },
  { codes: /^(ERR_SSL_|ERR_TLS_)/, means: notTls },
  { codes: /^HPE_/, means: protocols['HPE_INVALID_CONSTANT'] ?? notTls },
];
