import { BlockList, isIP } from 'node:net';

/**
 * The proxy that the environment names for a server, by the rules of Go's `http.ProxyFromEnvironment`, which kubectl
 * follows: `HTTPS_PROXY` or `HTTP_PROXY` by the server's protocol, unless `NO_PROXY` names it; lower case counts too;
 * loopback is always reached directly. The small libraries for it (proxy-from-env) do not know the address ranges that
 * Minikube's guide puts into `NO_PROXY`.
 */
export function proxyFromEnvironment(server: URL, environment: NodeJS.ProcessEnv): string | undefined {
  const variable = (name: string): string => environment[name] || environment[name.toLowerCase()] || '';
  const proxy = variable(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === '') return undefined;
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(host)) return undefined;
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  const exceptions = variable('NO_PROXY').split(',');
  if (exceptions.some((entry) => matches(entry.trim().toLowerCase(), host, port))) return undefined;
  return /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
}

/** Whether a text is the address of a kind of proxy that can be used. */
export function isProxyAddress(text: string): boolean {
  return /^(https?|socks5h?):\/\/[^/]/i.test(text) && URL.canParse(text);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return isInRange(host, entry);
  if (isIP(entry) !== 0) return entry === host;
  const [, name = '', onlyPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(name) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, '');
  // ".example.com" means what is below it, "example.com" the name itself as well.
  return host.endsWith(`.${domain}`) || (domain === name && host === domain);
}

function isInRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), type);
  return list.check(host, type);
}
