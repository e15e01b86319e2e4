import type { ClusterConnection } from '../../../cluster/clusterConnection.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { isRecord, jsonIn, type JsonObject } from '../../../foundation/json.ts';
import { OnceEach } from '../../../foundation/once.ts';
import type { Task } from '../../../foundation/task.ts';
import { serviceAccounts } from '../../../kserve/resources/core.ts';
import { readableItems } from '../plan/readRuntimes.ts';

/** What is asked for; the cluster may give less. It gives no less than 10 minutes. */
const lifetimeSeconds = 3600;
/** A token is renewed when this part of its life is over, so that no request takes it along too late. */
const usedPart = 0.8;

/** A token that the cluster has signed for a ServiceAccount. */
export interface AccountToken {
  readonly token: string;
  /** When the next one is asked for, in milliseconds since 1970. */
  readonly freshUntil: number;
}

/**
 * Short-lived tokens of ServiceAccounts, by TokenRequest. They are kept in memory alone, and asked for again before they
 * expire.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
export class ServiceAccountTokens {
  private readonly known = new OnceEach<string, AccountToken>();

  constructor(
    private readonly place: { readonly connection: ClusterConnection; readonly namespace: string },
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws ModelDeckError `forbidden`, `not-found`, what the connection throws */
  async of(name: string, task: Task): Promise<AccountToken> {
    const known = await this.known.get(name, () => this.request(name, task));
    if (known.freshUntil > this.now()) return known;
    this.known.forget(name);
    return this.known.get(name, () => this.request(name, task));
  }

  /** Those that may sign in to a service: the one that is made for it first. @returns undefined for who may not list them */
  async list(service: string, task: Task): Promise<readonly string[] | undefined> {
    const accounts = await readableItems(this.place, serviceAccounts, task);
    const rank = (name: string): number => (name === `${service}-sa` ? 0 : name === 'default' ? 2 : 1);
    return accounts?.map(({ metadata }) => metadata.name).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  private async request(name: string, task: Task): Promise<AccountToken> {
    const { connection, namespace } = this.place;
    const asked = this.now();
    const { status, body } = await connection.request(
      {
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/serviceaccounts/${encodeURIComponent(name)}/token`,
        contentType: 'application/json',
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { expirationSeconds: lifetimeSeconds },
        }),
      },
      task,
    );
    const told = jsonIn(body);
    const answer = isRecord(told) ? told : {};
    const given = isRecord(answer['status']) ? answer['status'] : {};
    const { token, expirationTimestamp } = given;
    if (status !== 201 || typeof token !== 'string') throw this.refused(name, status, answer);
    const expires = Date.parse(typeof expirationTimestamp === 'string' ? expirationTimestamp : '');
    const life = Number.isNaN(expires) ? lifetimeSeconds * 1000 : expires - asked;
    return { token, freshUntil: asked + life * usedPart };
  }

  private refused(name: string, status: number, answer: JsonObject): ModelDeckError {
    const { namespace } = this.place;
    if (status === 404) {
      return new ModelDeckError('not-found', `There is no ServiceAccount ${name} in ${namespace}.`, {
        remedy: 'Choose another one with "Set Endpoint Credentials…".',
      });
    }
    const doing = `Could not get a token of the ServiceAccount ${name} in ${namespace}`;
    if (status === 403) {
      return new ModelDeckError('forbidden', `${doing}: you may not create serviceaccounts/token there.`, {
        brief: 'no right to its token',
        remedy: 'Ask who runs the cluster for that right, or set another credential of the endpoint.',
      });
    }
    const words = typeof answer['message'] === 'string' ? answer['message'] : `HTTP ${status}`;
    return new ModelDeckError(status === 401 ? 'unauthorized' : 'server', `${doing}: ${words}.`, {
      remedy: 'Try again; if it stays, set another credential of the endpoint.',
      nextStep: { kind: 'retry' },
    });
  }
}
