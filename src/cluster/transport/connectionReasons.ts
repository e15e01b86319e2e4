/** Why a connection failed, in words, and what to do about it. */
export interface ConnectionReason {
  readonly reason: string;
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
  const words = error instanceof Error && error.message !== '' ? error.message : 'the connection failed';
  return { reason: `${host}: ${words}`, ...checkCluster };
}

function proxyReason(status: number, host: string): ConnectionReason {
  return status === 407
    ? {
        reason: 'the proxy wants a user name and password',
        remedy: 'Put them into the address of the proxy, or name the cluster in NO_PROXY.',
        inKubeconfig: false,
      }
    : {
        reason: `the proxy answered ${status} instead of connecting to ${host}`,
        remedy: 'Check the proxy, or name the cluster in NO_PROXY.',
        inKubeconfig: false,
      };
}

const checkCluster = { remedy: 'Check that the cluster runs and can be reached from here.', inKubeconfig: false };
const checkName = { remedy: 'Check the address in the kubeconfig, the VPN and the network.', inKubeconfig: true };

const network: Readonly<Record<string, ConnectionReason>> = {
  ECONNREFUSED: { reason: 'nothing listens at HOST', ...checkCluster },
  ECONNRESET: { reason: 'HOST cut the connection', ...checkCluster },
  EPIPE: { reason: 'HOST cut the connection', ...checkCluster },
  ETIMEDOUT: { reason: 'HOST does not respond', ...checkCluster },
  EHOSTUNREACH: { reason: 'there is no way to HOST', ...checkName },
  ENETUNREACH: { reason: 'there is no network to HOST', ...checkName },
  ENOTFOUND: { reason: 'the name of HOST is unknown', ...checkName },
  EAI_AGAIN: { reason: 'the name of HOST cannot be looked up right now', ...checkName },
};

const untrusted: ConnectionReason = {
  reason: 'the certificate of HOST comes from an authority that the kubeconfig does not trust',
  remedy: 'Put the right certificate-authority into the kubeconfig, for example by creating it anew.',
  inKubeconfig: true,
};
const refusedClient: ConnectionReason = {
  reason: 'HOST does not accept the client certificate of the kubeconfig',
  remedy: 'Renew the client certificate, for example by creating the kubeconfig anew.',
  inKubeconfig: true,
};

const certificates: Readonly<Record<string, ConnectionReason>> = {
  CERT_HAS_EXPIRED: {
    reason: 'the certificate of HOST has expired',
    remedy: "Renew the cluster's certificates, and check this computer's clock.",
    inKubeconfig: false,
  },
  CERT_NOT_YET_VALID: {
    reason: 'the certificate of HOST is not valid yet',
    remedy: "Check this computer's clock.",
    inKubeconfig: false,
  },
  CERT_REVOKED: {
    reason: 'the certificate of HOST was revoked',
    remedy: "Renew the cluster's certificates.",
    inKubeconfig: false,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'the certificate of HOST is made out to another name',
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
    remedy: 'Create the kubeconfig anew.',
    inKubeconfig: true,
  },
};

const notTls: ConnectionReason = {
  reason: 'HOST does not speak TLS',
  remedy: 'Check the port of the server in the kubeconfig, and whether it begins with https:// or http://.',
  inKubeconfig: true,
};
const unreadable: ConnectionReason = {
  reason: 'a certificate or key in the kubeconfig cannot be read',
  remedy: 'Create the kubeconfig anew.',
  inKubeconfig: true,
};

const protocols: Readonly<Record<string, ConnectionReason>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  EPROTO: notTls,
  HPE_INVALID_CONSTANT: {
    reason: 'HOST does not speak HTTP',
    remedy: 'Check the port of the server in the kubeconfig, and whether it begins with https:// or http://.',
    inKubeconfig: true,
  },
  ERR_OSSL_PEM_NO_START_LINE: unreadable,
  ERR_OSSL_PEM_BAD_BASE64_DECODE: unreadable,
  ERR_OSSL_PEM_BAD_END_LINE: unreadable,
  ERR_OSSL_UNSUPPORTED: unreadable,
  ERR_INVALID_CHAR: {
    reason: 'the token of the kubeconfig holds characters that no HTTP header may hold',
    remedy: 'Renew the token in the kubeconfig.',
    inKubeconfig: true,
  },
};
