import type { ImageResult } from '../../inference/endpoint.ts';
import type { BodyView, ExchangeView } from '../messages/classifyMessages.ts';
import { longestBody, mostHeaders } from '../messages/classifyMessages.ts';
import { longestLabel, mostNotes, mostTopK, type AnswerView } from '../messages/classifyState.ts';
import { longestSentence } from '../messages/shownFailure.ts';
import { clip } from '../showFailure.ts';

/** An answer, and the way that it came by. */
export interface RoutedResult extends ImageResult {
  readonly route?: string;
}

/** What the card shows of an answer; whatever a server says is made to fit the contract. */
export function answerView(result: ImageResult, endpointLabel: string): AnswerView {
  return {
    state: 'done',
    endpointLabel,
    predictions: result.predictions.slice(0, mostTopK).map(({ label, probability }) => ({
      label: clip(label, longestLabel),
      probability: Number.isFinite(probability) ? Math.min(1, Math.max(0, probability)) : 0,
    })),
    classCount: result.classCount,
    prepareMs: result.timing.prepareMs,
    requestMs: result.timing.requestMs,
    ...(result.notes.length > 0 && {
      notes: result.notes.slice(0, mostNotes).map((note) => clip(note, longestSentence)),
    }),
  };
}

/** The raw exchange. */
export function exchangeView({ request, response, route }: RoutedResult): ExchangeView {
  const body = (text: string): BodyView => ({ text: clip(text, longestBody), length: text.length });
  return {
    method: request.method,
    url: clip(request.url, 8192),
    ...(route !== undefined && { route: clip(route, longestLabel) }),
    headers: request.headers.slice(0, mostHeaders).map(({ name, value }) => ({
      name: clip(name, longestLabel),
      value: clip(value, longestLabel),
    })),
    request: body(request.body),
    status: response.status,
    response: body(response.body),
  };
}
