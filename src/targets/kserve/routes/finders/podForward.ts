import type { RouteFinder } from '../way.ts';
import { messageOf } from '../../../../foundation/error.ts';

/** To a pod through the API server: works whatever the cluster's network is, and needs no host name. */
export const podForward: RouteFinder = {
  name: 'port forward',
  find: async ({ opened, service, task }) => {
    try {
      const pod = await opened.readyPod(service, task);
      const label = `Port forward to ${pod.metadata.name}`;
      return { ways: [{ kind: 'port-forward', label, open: () => opened.portForward(service, task) }] };
    } catch (error) {
      return { ways: [{ kind: 'port-forward', label: 'Port forward to a pod', unavailable: messageOf(error) }] };
    }
  },
};
