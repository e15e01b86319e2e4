import {
  isClassifyState,
  isId,
  isLabel,
  isRouteKind,
  isTopK,
  mostAssumed,
  mostImages,
  mostNotes,
  offerKinds,
  type ClassifyState,
  type OfferView,
} from './classifyState.ts';
import { isComparison, type ComparisonView } from './comparison.ts';
import { longestSentence } from './shownFailure.ts';
import { bytes, integer, list, number, oneOf, only, record, text, variant } from './validate.ts';

/** Largest image that is taken, in bytes: what 100 megapixels need as JPEG, and little enough to pass to the host at once. */
export const largestImage = 64 << 20;
export const mostHeaders = 50;
/** How much of a raw body is shown, in UTF-16 units. */
export const longestBody = 20_000;

/** Longest value of a contract's field that is shown: a list of labels is long. In UTF-16 units. */
export const longestValue = 2000;

/** From the page to the host. */
export type ClassifyRequest = EndpointRequest | ImageRequest;

/** About who is asked, and by which way. */
export type EndpointRequest =
  | { readonly type: 'choose-endpoint' }
  | { readonly type: 'select-route'; readonly id: string; readonly route: string }
  | { readonly type: 'select-model'; readonly id: string; readonly model: string }
  | { readonly type: 'disconnect'; readonly id: string }
  | { readonly type: 'set-credentials'; readonly id: string }
  | { readonly type: 'start-endpoint'; readonly id: string }
  | { readonly type: 'show-endpoint-log'; readonly id: string }
  | { readonly type: 'reload-endpoints' }
  | { readonly type: 'deploy' }
  /** Another panel beside this one, with an endpoint and results of its own. */
  | { readonly type: 'open-beside' };

/** About the images and their answers. */
export type ImageRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'set-top-k'; readonly topK: number }
  | { readonly type: 'browse' }
  | { readonly type: 'add-file'; readonly name: string; readonly content: ArrayBuffer | Uint8Array }
  /** A file that the page did not read. `size` in bytes. */
  | {
      readonly type: 'refuse-file';
      readonly name: string;
      readonly size: number;
      readonly why: 'too-large' | 'unreadable' | 'no-pictures';
    }
  | { readonly type: 'add-uris'; readonly uris: readonly string[] }
  | { readonly type: 'classify'; readonly ids: readonly string[] }
  | { readonly type: 'cancel'; readonly ids: readonly string[] }
  | { readonly type: 'remove'; readonly ids: readonly string[] }
  | { readonly type: 'clear-history' }
  | { readonly type: 'show-exchange'; readonly id: string }
  /** Shows the whole response in an editor. */
  | { readonly type: 'open-response'; readonly id: string }
  | { readonly type: 'show-seen'; readonly id: string }
  /** The user says that the answer of this image is to be read so, and those that follow from its endpoint. */
  | { readonly type: 'accept-offer'; readonly id: string; readonly offer: OfferView['kind'] }
  | { readonly type: 'copy'; readonly id: string; readonly as: 'curl' | 'python' }
  /** Asks a second endpoint, which the user chooses, about the same picture. */
  | { readonly type: 'compare'; readonly id: string }
  | { readonly type: 'cancel-compare'; readonly id: string };

/** From the host to the page. */
export type ClassifyUpdate =
  | { readonly type: 'state'; readonly state: ClassifyState }
  /** `url` is a data: URL of an image. */
  | { readonly type: 'thumbnail'; readonly imageId: string; readonly url: string }
  | { readonly type: 'exchange'; readonly imageId: string; readonly exchange: ExchangeView }
  | { readonly type: 'seen'; readonly imageId: string; readonly seen: SeenView }
  | { readonly type: 'comparison'; readonly imageId: string; readonly comparison: ComparisonView }
  /** Something to be said once, politely. */
  | { readonly type: 'notice'; readonly text: string };

/** The raw request and response, without secret headers; bodies cut at {@link longestBody}. */
export interface ExchangeView {
  readonly method: string;
  readonly url: string;
  /** The way into the cluster that was taken. */
  readonly route?: string;
  /** Those of the endpoint; the values of secret ones are hidden before they come here. */
  readonly headers: readonly HeaderView[];
  readonly request: BodyView;
  readonly status: number;
  readonly response: BodyView;
}

/** What the model sees of a picture, and by which contract. */
export interface SeenView {
  /** A data: URL of the picture after colour, resize and crop; missing where nothing here knows how the picture is prepared. */
  readonly url?: string;
  /** One sentence each: about the tensor, or why there is no picture. */
  readonly notes: readonly string[];
  /** The contract, a row for each field; empty where there is none. */
  readonly rows: readonly ContractRowView[];
}

export interface ContractRowView {
  /** As `model-deck.yaml` names it, for example `input.mean`. */
  readonly field: string;
  readonly label: string;
  readonly value: string;
  readonly origin: string;
  readonly assumed: boolean;
}

export interface HeaderView {
  readonly name: string;
  readonly value: string;
}

export interface BodyView {
  readonly text: string;
  /** Length of the whole body, in UTF-16 units. */
  readonly length: number;
}

/** What the page keeps for a reload of the window; the host keeps the rest. */
export interface SavedClassifyState {
  readonly panelId?: string;
  readonly topK: number;
  readonly endpointId?: string;
}

const isFileName = text(1024);
const isIds = list(isId, mostImages);
const isBody = record<BodyView>({ text: text(longestBody), length: integer(0, 2 ** 40) });

export const isClassifyRequest = variant<'type', ClassifyRequest>('type', {
  ready: only('ready'),
  'choose-endpoint': only('choose-endpoint'),
  'select-route': record({ type: oneOf('select-route'), id: isId, route: isRouteKind }),
  'select-model': record({ type: oneOf('select-model'), id: isId, model: isLabel }),
  disconnect: record({ type: oneOf('disconnect'), id: isId }),
  'set-credentials': record({ type: oneOf('set-credentials'), id: isId }),
  'start-endpoint': record({ type: oneOf('start-endpoint'), id: isId }),
  'show-endpoint-log': record({ type: oneOf('show-endpoint-log'), id: isId }),
  'reload-endpoints': only('reload-endpoints'),
  deploy: only('deploy'),
  'open-beside': only('open-beside'),
  'set-top-k': record({ type: oneOf('set-top-k'), topK: isTopK }),
  browse: only('browse'),
  'add-file': record({ type: oneOf('add-file'), name: isFileName, content: bytes(largestImage) }),
  'refuse-file': record({
    type: oneOf('refuse-file'),
    name: isFileName,
    size: number(0, 2 ** 53),
    why: oneOf('too-large', 'unreadable', 'no-pictures'),
  }),
  'add-uris': record({ type: oneOf('add-uris'), uris: list(text(8192), 1000) }),
  classify: record({ type: oneOf('classify'), ids: isIds }),
  cancel: record({ type: oneOf('cancel'), ids: isIds }),
  remove: record({ type: oneOf('remove'), ids: isIds }),
  'clear-history': only('clear-history'),
  'show-exchange': record({ type: oneOf('show-exchange'), id: isId }),
  'open-response': record({ type: oneOf('open-response'), id: isId }),
  'show-seen': record({ type: oneOf('show-seen'), id: isId }),
  'accept-offer': record({ type: oneOf('accept-offer'), id: isId, offer: oneOf(...offerKinds) }),
  copy: record({ type: oneOf('copy'), id: isId, as: oneOf('curl', 'python') }),
  compare: record({ type: oneOf('compare'), id: isId }),
  'cancel-compare': record({ type: oneOf('cancel-compare'), id: isId }),
});

const isContractRow = record<ContractRowView>({
  field: isLabel,
  label: isLabel,
  value: text(longestValue),
  origin: isLabel,
  assumed: (value) => typeof value === 'boolean',
});

export const isClassifyUpdate = variant<'type', ClassifyUpdate>('type', {
  state: record({ type: oneOf('state'), state: isClassifyState }),
  thumbnail: record({ type: oneOf('thumbnail'), imageId: isId, url: isImageUrl }),
  exchange: record({
    type: oneOf('exchange'),
    imageId: isId,
    exchange: record<ExchangeView>(
      {
        method: text(20),
        url: text(8192),
        headers: list(record<HeaderView>({ name: isLabel, value: isLabel }), mostHeaders),
        request: isBody,
        status: integer(0, 999),
        response: isBody,
      },
      { route: isLabel },
    ),
  }),
  seen: record({
    type: oneOf('seen'),
    imageId: isId,
    seen: record<SeenView>(
      { notes: list(text(longestSentence), mostNotes), rows: list(isContractRow, mostAssumed) },
      { url: isImageUrl },
    ),
  }),
  comparison: record({ type: oneOf('comparison'), imageId: isId, comparison: isComparison }),
  notice: record({ type: oneOf('notice'), text: text(1000) }),
});

export const isSavedClassifyState = record<SavedClassifyState>({ topK: isTopK }, { panelId: isId, endpointId: isId });

/** Longest data: URL of a picture, in characters: a model's input of a megapixel as PNG. */
const longestImageUrl = 6 << 20;

/** Raster images only: an SVG would be a document. */
export function isImageUrl(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length < longestImageUrl && /^data:image\/(png|jpeg|webp);base64,/.test(value)
  );
}
