import type { Exchange } from '../../inference/index.ts';
import {
  isHistoryEntry,
  isId,
  isLabel,
  isOutcome,
  isTopK,
  mostHistory,
  mostImages,
  type HistoryView,
  type Outcome,
} from '../messages/classifyState.ts';
import { isImageUrl } from '../messages/classifyMessages.ts';
import { integer, list, oneOf, record, text } from '../messages/validate.ts';
import { isPending, type AnsweredRun, type SessionImage } from './sessionImages.ts';

/** What of a panel survives a reload of the window. The newest first; what is large is kept as far as there is room. */
export interface SavedSession {
  readonly format: '1';
  readonly topK: number;
  readonly endpointId?: string;
  /** The last number that an image or an answer was named by. */
  readonly lastId: number;
  readonly images: readonly SavedImage[];
  readonly history: readonly HistoryView[];
  readonly thumbnails: readonly SavedThumbnail[];
}

/** Pictures are kept by their address; of those that were dropped or pasted only the thumbnail is. */
export interface SavedImage {
  readonly id: string;
  readonly name: string;
  readonly origin: string;
  readonly uri?: string;
  readonly outcome: Outcome;
  readonly answered?: SavedRun;
}

interface SavedRun {
  readonly endpointId: string;
  readonly exchange: Exchange;
  readonly route?: string;
}

interface SavedThumbnail {
  readonly imageId: string;
  readonly url: string;
}

/** What is kept of all thumbnails, and of all raw answers, in UTF-16 units. */
const mostThumbnails = 3_000_000;
const mostAnswers = 3_000_000;
/** Longest raw answer that is kept; a longer one can be had again by running the image again. */
const longestAnswer = 200_000;

/** Makes what is to be kept of a session. */
export function savedSession(session: {
  readonly topK: number;
  readonly endpointId: string | undefined;
  readonly lastId: number;
  readonly images: readonly SessionImage[];
  readonly history: readonly HistoryView[];
  readonly thumbnails: ReadonlyMap<string, string>;
}): SavedSession {
  const { topK, endpointId, lastId, images, history, thumbnails } = session;
  const hasRoomForAnswer = room(mostAnswers);
  const hasRoomForThumbnail = room(mostThumbnails);
  const shown = new Set([...images.map(({ id }) => id), ...history.map(({ imageId }) => imageId)]);
  return {
    format: '1',
    topK,
    ...(endpointId !== undefined && { endpointId }),
    lastId,
    images: images.map((image) => {
      const { id, name, origin, input, outcome, answered } = image;
      const isKept = answered && answered.exchange.response.body.length <= longestAnswer;
      return {
        id,
        name,
        origin,
        ...(input?.uri !== undefined && { uri: input.uri }),
        outcome: isPending(image) ? { state: 'cancelled', byReload: true } : outcome,
        ...(isKept && hasRoomForAnswer(sizeOf(answered.exchange)) && { answered: savedRun(answered) }),
      };
    }),
    history,
    thumbnails: [...shown].flatMap((imageId) => {
      const url = thumbnails.get(imageId);
      return url !== undefined && hasRoomForThumbnail(url.length) ? [{ imageId, url }] : [];
    }),
  };
}

function savedRun({ endpointId, exchange, route }: AnsweredRun): SavedRun {
  return { endpointId, exchange: plainExchange(exchange), ...(route !== undefined && { route }) };
}

/** Exactly the fields of an exchange: what is checked when it is read. */
function plainExchange({ request, response }: Exchange): Exchange {
  const { method, url, headers, body } = request;
  return {
    request: { method, url, headers, body },
    response: { status: response.status, body: response.body },
  };
}

/** Says of one thing after the other whether there is still room for it. */
function room(most: number): (size: number) => boolean {
  let rest = most;
  return (size) => {
    rest -= size;
    return rest >= 0;
  };
}

function sizeOf({ request, response }: Exchange): number {
  return request.body.length + response.body.length;
}

const isHeader = record<Exchange['request']['headers'][number]>({ name: text(1000), value: text(10_000) });
const isExchange = record<Exchange>({
  request: record<Exchange['request']>({
    method: oneOf('POST'),
    url: text(10_000),
    headers: list(isHeader, 1000),
    body: text(mostAnswers),
  }),
  response: record<Exchange['response']>({ status: integer(0, 999), body: text(longestAnswer) }),
});

/** Checks what was read from a file: another version, or somebody else, may have written it. */
export const isSavedSession = record<SavedSession>(
  {
    format: oneOf('1'),
    topK: isTopK,
    lastId: integer(0, 2 ** 53),
    images: list(
      record<SavedImage>(
        { id: isId, name: isLabel, origin: isLabel, outcome: isOutcome },
        {
          uri: text(10_000),
          answered: record<SavedRun>({ endpointId: isId, exchange: isExchange }, { route: isLabel }),
        },
      ),
      mostImages,
    ),
    history: list(isHistoryEntry, mostHistory),
    thumbnails: list(record<SavedThumbnail>({ imageId: isId, url: isImageUrl }), mostImages + mostHistory),
  },
  { endpointId: isId },
);
