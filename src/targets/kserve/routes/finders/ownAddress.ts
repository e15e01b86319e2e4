import type { Finding, RouteFinder, Way } from '../way.ts';

/** Names that belong to nobody (RFC 2606, RFC 6762): KServe's and Knative's default domains among them. */
const nobodys = /(^|\.)(example\.(com|net|org)|example|invalid|test|local)$/;

/** The address of the service's status as it is, where this computer knows the name. */
export const ownAddress: RouteFinder = {
  name: 'own address',
  find: async ({ known, credentials, resolves }): Promise<Finding> => {
    if ('problem' in known) return { ways: [unavailable(known.problem)] };
    const { scheme, host, port, path } = known.url;
    const origin = `${scheme}://${host}${port === undefined ? '' : `:${port}`}`;
    if (nobodys.test(host)) {
      return { ways: [unavailable(`${host} is a name of no network: the cluster has no domain of its own.`)] };
    }
    if (!(await resolves(host))) return { ways: [unavailable(`This computer does not know the name ${host}.`)] };
    const way: Way = {
      kind: 'url',
      label: `Address ${origin}${path}`,
      open: async () => ({ baseUrl: origin + path, ...(await credentials()) }),
    };
    return { ways: [way] };
  },
};

function unavailable(reason: string): Way {
  return { kind: 'url', label: 'Address of the service', unavailable: reason };
}
