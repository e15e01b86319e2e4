import type { Task } from '../../../foundation/task.ts';
import type { InferenceServiceConfig, KnownUrl } from '../../../kserve/index.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { Route } from '../../target.ts';
import type { Place } from '../place.ts';
import type { ServerAddress } from '../serve/askServer.ts';
import type { OpenRoutes } from './openRoutes.ts';
import type { RouteReader } from './routeReader.ts';

/** A route, and how it is taken. */
export interface Way extends Route {
  /** Left out when it cannot be taken. */
  readonly open?: () => Promise<ServerAddress>;
}

/** What is sent to what guards a way from outside: a token, a cookie. Never logged. */
export type EndpointCredentials = Pick<ServerAddress, 'freshUntil'> & {
  readonly headers: Readonly<Record<string, string>>;
};

/** What every finder is told. */
export interface RouteQuestion {
  readonly place: Place;
  readonly service: InferenceService;
  /** KServe's settings; undefined when they may not be read. */
  readonly config: InferenceServiceConfig | undefined;
  /** What the service is called outside of the cluster. */
  readonly known: KnownUrl;
  readonly reader: RouteReader;
  readonly opened: OpenRoutes;
  /** Of the user's own, for what guards a way from outside. */
  readonly credentials: () => Promise<EndpointCredentials>;
  /** Whether this computer knows a host name. */
  readonly resolves: (host: string) => Promise<boolean>;
  readonly task: Task;
}

/** What one finder has found: ways that can be taken, and those that cannot, with the reason. */
export interface Finding {
  readonly ways: readonly Way[];
  /** The very object that leads to this service was there: nobody has to guess by which ingress it is reached. */
  readonly isCertain?: boolean;
}

/**
 * One way of finding how a service is reached. Each reads other objects of the cluster; what it offers or rejects says why.
 * A new one is a file in `finders/` and a line in its `index.ts`.
 */
export interface RouteFinder {
  /** For the log, for example `Gateway API`. */
  readonly name: string;
  /** Looks at what usually is there, and only when no other finder was certain. */
  readonly guesses?: boolean;
  readonly find: (question: RouteQuestion) => Promise<Finding>;
}

export const nothing: Finding = { ways: [] };

/** Why no ingress leads to the service, one sentence. */
export function noIngress(reason: string): Finding {
  return { ways: [{ kind: 'ingress', label: 'Ingress', unavailable: reason }] };
}
