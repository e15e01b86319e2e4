import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A PEM certificate and its key, as files. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Who a client certificate speaks for, in Kubernetes' terms. */
export interface Identity {
  readonly user: string;
  readonly group?: string;
}

/** Certificates of a cluster that lives for one test run. */
export interface Authority {
  /** Certificate of the CA, PEM file. */
  readonly ca: string;
  /** For every server of the cluster: API server, kwok as kubelet, KServe's webhooks. */
  readonly server: KeyPair;
  /** Signs service-account tokens; EC P-256. */
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly clientCertificate: (identity: Identity) => Promise<KeyPair>;
}

const serverNames = 'DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.96.0.1';

/**
 * Makes a CA and what it signs in a folder. By `openssl`, which every system has: Node signs no certificates, and a library
 * for it would be one more package to maintain for a few files.
 */
export async function makeAuthority(folder: string): Promise<Authority> {
  const file = (name: string): string => path.join(folder, name);
  const openssl = async (...args: readonly string[]): Promise<void> => void (await run('openssl', args));
  const newKey = (name: string): Promise<void> =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file(name));

  await newKey('ca.key');
  const caSubject = [
    '-subj',
    '/CN=model-deck-test-ca',
    '-days',
    '7',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ];
  await openssl('req', '-x509', '-new', '-key', file('ca.key'), ...caSubject, '-out', file('ca.crt'));

  const sign = async (name: string, subject: string, extensions: string): Promise<KeyPair> => {
    const pair = { cert: file(`${name}.crt`), key: file(`${name}.key`) };
    await newKey(`${name}.key`);
    await openssl('req', '-new', '-key', pair.key, '-subj', subject, '-out', file(`${name}.csr`));
    await writeFile(file(`${name}.ext`), extensions);
    const by = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-set_serial', serialNumber()];
    await openssl(
      'x509',
      '-req',
      '-in',
      file(`${name}.csr`),
      ...by,
      '-days',
      '7',
      '-extfile',
      file(`${name}.ext`),
      '-out',
      pair.cert,
    );
    return pair;
  };

  await newKey('service-account.key');
  await openssl('pkey', '-in', file('service-account.key'), '-pubout', '-out', file('service-account.pub'));
  return {
    ca: file('ca.crt'),
    server: await sign(
      'server',
      '/CN=model-deck-test',
      `subjectAltName=${serverNames}\nextendedKeyUsage=serverAuth,clientAuth\n`,
    ),
    serviceAccountKey: file('service-account.key'),
    serviceAccountPublicKey: file('service-account.pub'),
    clientCertificate: ({ user, group }) =>
      sign(`client-${user}`, `${group === undefined ? '' : `/O=${group}`}/CN=${user}`, 'extendedKeyUsage=clientAuth\n'),
  };
}

let serial = Date.now();

function serialNumber(): string {
  serial += 1;
  return String(serial);
}
