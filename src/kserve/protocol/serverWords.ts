import { ModelDeckError } from '../../foundation/error.ts';

/** The body of every error of KServe and of our own server. */
export function errorBody(message: string): string {
  return JSON.stringify({ error: message });
}

/** KServe's words for a name that is not loaded (404). */
export function modelMissingMessage(modelName: string): string {
  return `Model with name ${modelName} does not exist.`;
}

/** The words for a version that is not the one that is loaded (404). */
export function modelVersionMissingMessage(modelName: string, version: string, loaded: string): string {
  return `Model with name ${modelName} and version ${version} does not exist: version ${loaded} is loaded.`;
}

/** KServe's words for a server whose models are still loading (503). */
export const serverNotReadyMessage = 'Server is not ready.';

/** KServe's words for a model that is still loading (503). */
export function modelNotReadyMessage(modelName: string): string {
  return `Model with name ${modelName} is not ready.`;
}

/** Longest excerpt of an answer within a message, in characters. */
const excerptLength = 200;

/** NaN and Infinity as Python's json writes them, in the place of a number. */
const pythonNumbers = /^\s*[[{][^]*[[:,]\s*-?(NaN|Infinity)\s*[,\]}]/;

/**
 * @param text the body of a successful answer
 * @throws ModelDeckError `server` when it is not JSON, for example a login page, or NaN as Python writes it
 */
export function parseAnswerBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (pythonNumbers.test(text)) {
      throw new ModelDeckError('server', 'The model answered with NaN or Infinity.', {
        remedy: 'Check its weights, and mean and std of its input.',
        cause: error,
      });
    }
    const what = text.trim() === '' ? 'it is empty' : `it begins with "${text.trim().slice(0, excerptLength)}"`;
    throw new ModelDeckError('server', `The server's answer is not JSON: ${what}.`, {
      remedy: 'Check that the address is that of a model server.',
      cause: error,
    });
  }
}

/** The error for an answer that is JSON, but not of the protocol. */
export function unexpectedAnswer(what: string, body: unknown): ModelDeckError {
  const excerpt = JSON.stringify(body).slice(0, excerptLength);
  return new ModelDeckError('server', `The server's answer ${what}: ${excerpt}`, {
    remedy: 'Check that the deployment speaks the protocol that was chosen for it (v1 or v2).',
  });
}
