import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';

/** Where Linux distributions keep their bundle: the first that is there counts, as in Go's crypto/x509. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
/** Go reads every file in these as well. */
const folders = ['/etc/ssl/certs', '/etc/pki/tls/certs'];

/**
 * The authorities that this computer trusts, for clusters whose kubeconfig names none: `SSL_CERT_FILE` and `SSL_CERT_DIR`
 * where they are set, else the system's store. Node itself knows only the authorities that it was built with. On macOS and
 * Windows the store is read by Node where it can (22.15 and later), and added by the editor (`http.systemCertificates`)
 * where it cannot.
 *
 * @returns certificates in PEM; undefined where nothing was found, so that Node's own count
 */
export async function readSystemCertificates(environment: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  const file = environment['SSL_CERT_FILE'];
  const directory = environment['SSL_CERT_DIR'];
  const usesStore = process.platform === 'darwin' || process.platform === 'win32';
  if (usesStore && !file && !directory) return storedCertificates();
  const fromFile = file ? await certificatesIn(file) : await firstBundle();
  const listed = directory ? directory.split(path.delimiter) : folders;
  // The folder of a distribution holds the certificates of its bundle once more.
  const fromFolders =
    fromFile.length > 0 && !directory ? [] : (await Promise.all(listed.map(folderCertificates))).flat();
  const found = [...new Set([...fromFile, ...fromFolders])];
  return found.length === 0 ? undefined : found;
}

async function firstBundle(): Promise<readonly string[]> {
  for (const file of bundles) {
    const found = await certificatesIn(file);
    if (found.length > 0) return found;
  }
  return [];
}

async function folderCertificates(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(names.map((name) => certificatesIn(path.join(folder, name))));
  return found.flat();
}

/** Empty for a file that cannot be read or holds none. */
async function certificatesIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'latin1').catch(() => '');
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function storedCertificates(): string[] | undefined {
  const read = (tls as { getCACertificates?: (type: 'system') => string[] }).getCACertificates;
  const stored = read?.('system') ?? [];
  return stored.length === 0 ? undefined : [...tls.rootCertificates, ...stored];
}
