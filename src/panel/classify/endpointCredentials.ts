/** What the user has set for one endpoint. Kept in the editor's secret storage alone. */
export interface EndpointCredentials {
  /** `Authorization` or `Cookie`, by its name in the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Certificate authorities in PEM. */
  readonly ca?: string;
  /**
   * Name of a ServiceAccount in the namespace of the endpoint, whose short-lived tokens are sent. Tokens themselves are asked of
   * the cluster when they are needed, and never kept.
   */
  readonly serviceAccount?: string;
}

/** The part of the editor's secret storage that is used. */
export interface SecretStore {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

const prefix = 'modelDeck.endpoint/';

/** Reads and writes the credentials of endpoints, by the endpoint's id. */
export class CredentialStore {
  private readonly listeners = new Set<(endpointId: string) => void>();

  constructor(private readonly secrets: SecretStore) {}

  /** Empty when there are none. */
  async read(endpointId: string): Promise<EndpointCredentials> {
    const text = await this.secrets.get(prefix + endpointId);
    return text === undefined ? {} : parse(text);
  }

  /** Empty credentials take the entry away. */
  async write(endpointId: string, credentials: EndpointCredentials): Promise<void> {
    const { headers = {}, ca, serviceAccount } = credentials;
    const isEmpty = Object.keys(headers).length === 0 && ca === undefined && serviceAccount === undefined;
    if (isEmpty) await this.secrets.delete(prefix + endpointId);
    else await this.secrets.store(prefix + endpointId, JSON.stringify(credentials));
    for (const listener of this.listeners) listener(endpointId);
  }

  /** @returns the function that ends the subscription */
  onDidChange(listener: (endpointId: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Whatever another version wrote: what cannot be read is as if it were not there. */
function parse(text: string): EndpointCredentials {
  try {
    const value = JSON.parse(text) as {
      readonly headers?: unknown;
      readonly ca?: unknown;
      readonly serviceAccount?: unknown;
    } | null;
    const headers = Object.entries(value?.headers ?? {}).filter(([, header]) => typeof header === 'string');
    return {
      ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
      ...(typeof value?.ca === 'string' && { ca: value.ca }),
      ...(typeof value?.serviceAccount === 'string' && { serviceAccount: value.serviceAccount }),
    };
  } catch {
    return {};
  }
}
