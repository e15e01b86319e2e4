import type { ClassValue, Interpretation } from '../../inference/answers/answer.ts';
import type { Exchange, ImageResult } from '../../inference/endpoint.ts';
import type { BodyView, ExchangeView } from '../messages/classifyMessages.ts';
import { longestBody, mostHeaders } from '../messages/classifyMessages.ts';
import {
  longestLabel,
  mostAssumed,
  mostNotes,
  mostTopK,
  offerKinds,
  type AnswerKind,
  type AnswerView,
  type PredictionView,
} from '../messages/classifyState.ts';
import { longestSentence } from '../messages/shownFailure.ts';
import { clip } from '../showFailure.ts';
import { prettyJson } from './prettyJson.ts';

/** An answer, and the way that it came by. */
export interface RoutedResult extends ImageResult {
  readonly route?: string;
  /** How many classes the model has, where that is known. */
  readonly modelClasses?: number;
}

/** The same answer with another meaning. */
export function reread(result: RoutedResult, { values, notes, ...meaning }: Interpretation): RoutedResult {
  return {
    ...result,
    ...meaning,
    predictions: values.slice(0, mostTopK),
    classCount: values.length,
    notes: [...result.sendingNotes, ...notes],
  };
}

/** What the card shows of an answer; whatever a server says is made to fit the contract of the messages. */
export function answerView(result: RoutedResult, endpointLabel: string): AnswerView {
  const { kind, predictions, classCount, modelClasses, timing, notes, assumed, offers } = result;
  return {
    state: 'done',
    endpointLabel,
    kind,
    predictions: predictions.slice(0, mostTopK).map((prediction) => predictionView(prediction, kind)),
    classCount,
    ...(modelClasses !== undefined && { modelClasses }),
    prepareMs: timing.prepareMs,
    requestMs: timing.requestMs,
    ...(notes.length > 0 && { notes: notes.slice(0, mostNotes).map((note) => clip(note, longestSentence)) }),
    ...(assumed.length > 0 && { assumed: assumed.slice(0, mostAssumed) }),
    ...(offers.length > 0 && {
      offers: offers
        .slice(0, offerKinds.length)
        .map((offer) => ({ ...offer, text: clip(offer.text, longestSentence) })),
    }),
  };
}

function predictionView(prediction: ClassValue, kind: AnswerKind): PredictionView {
  const { label, index, value, counts } = prediction;
  const unnamed = index === undefined ? 'unnamed' : kind === 'numbers' ? `number ${index}` : `class ${index}`;
  return {
    label: clip(label ?? unnamed, longestLabel),
    ...(value !== undefined && Number.isFinite(value) && { value }),
    ...(counts !== undefined && { counts }),
  };
}

/** What was sent and answered. @param route the way into the cluster, where there is one */
export function exchangeView({ request, response }: Exchange, route?: string): ExchangeView {
  const body = (raw: string): BodyView => {
    const text = prettyJson(raw);
    return { text: clip(text, longestBody), length: text.length };
  };
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
