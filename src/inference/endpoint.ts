import type { ModelContract } from '../contract/modelContract.ts';
import type { Preprocessing } from '../packaging/spec/modelSpec.ts';
import type { ClassValue, Interpretation, ModelAnswer } from './answers/answer.ts';

/** An address that answers KServe's V1 or V2 protocol, and what must be known to talk to it. */
export interface Endpoint {
  /** The deployment's id. */
  readonly id: string;
  readonly label: string;
  readonly targetLabel: string;
  /** For example `http://127.0.0.1:43121`, without a trailing slash. */
  readonly baseUrl: string;
  /** The model's name in the URL. Empty when the target cannot tell: the server is asked then. */
  readonly modelName: string;
  readonly protocol: 'v1' | 'v2';
  /** Sent with every request (Host, Authorization, Cookie). Never logged; of their values only Host is shown. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Until when the headers count, in milliseconds since 1970: the endpoint is asked for again then. */
  readonly freshUntil?: number;
  /** Certificate authorities in PEM that are trusted instead of the usual ones. */
  readonly ca?: string;
  /** Largest request body that the runtime takes, in bytes (TorchServe: 6 553 500). */
  readonly maxRequestBytes: number;
  /**
   * What the runtime can decode without loss. TorchServe's handlers want three channels: RGB JPEG. `original` is for our own server,
   * which decodes a file as we do, and turns it upright.
   */
  readonly imageEncoding: 'rgb-jpeg' | 'rgb-jpeg-or-png' | 'original';
  /** Name of the way in which a V1 server takes a picture, where it is known: see `client/requests/`. */
  readonly requestDialect?: string;
  /** Label of each class by index, when the target knows them and the runtime answers with bare numbers. */
  readonly labels?: readonly string[];
  /** What the package says of the model's input and output; it wins over the two fields around it. */
  readonly contract?: ModelContract;
  /** How an image becomes the model's tensor, when the package says; for runtimes that take nothing but tensors. */
  readonly preprocessing?: Preprocessing;
}

/** What a package says about its model that a runtime may not. */
export type ModelKnowledge = Pick<Endpoint, 'contract' | 'labels' | 'preprocessing'>;

/** What one image came back as. */
export interface ImageResult extends Exchange, Pick<Interpretation, 'kind' | 'offers' | 'assumed'> {
  /** The answer itself, to be read again when the user says how. */
  readonly answer: ModelAnswer;
  /** How many pictures went out together, where the model takes a fixed number. */
  readonly pictures?: number;
  /** The largest value first; at most k. */
  readonly predictions: readonly ClassValue[];
  /** How many values the runtime answered with (TorchServe's image_classifier: 5, whatever k is). */
  readonly classCount: number;
  /** One sentence each about what was done to the image or assumed on the way, then what the answer leaves open. */
  readonly notes: readonly string[];
  /** The first of {@link notes}: those that do not depend on what the answer means. */
  readonly sendingNotes: readonly string[];
  readonly timing: {
    /** Decode, resize for the limit, encode; milliseconds. */
    readonly prepareMs: number;
    /** From the first byte sent to the last byte read, with all waiting for a model that starts; milliseconds. */
    readonly requestMs: number;
  };
}

/** What was asked and answered, whatever the answer is. */
export interface Exchange {
  readonly request: ExchangeRequest;
  readonly response: ExchangeResponse;
}

/** The request as it was sent, for display and for the snippets; without secret headers. */
export interface ExchangeRequest {
  readonly method: 'POST';
  readonly url: string;
  /** Those of the endpoint; every value but Host's is hidden. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
}

export interface ExchangeResponse {
  readonly status: number;
  readonly body: string;
}
