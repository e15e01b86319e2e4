import { ModelDeckError } from '../../../foundation/error.ts';
import { isRecord, own } from '../../../foundation/json.ts';
import type { AnswerDialect } from './dialect.ts';
import { unwrapped } from './values.ts';

/** A failure that was sent with status 200, as TorchServe's handlers and gateways do: `{"code": 507, "message": "out of memory"}`. */
export const serverError: AnswerDialect = {
  name: 'server-error',
  read(answer) {
    const value = unwrapped(answer);
    if (!isRecord(value)) return undefined;
    const words = ['error', 'message', 'detail']
      .map((name) => own(value, name))
      .find((text) => typeof text === 'string');
    const isBare = Object.values(value).every((one) => typeof one === 'string');
    if (words === undefined || !(isBare || own(value, 'code') !== undefined || own(value, 'error') !== undefined)) {
      return undefined;
    }
    throw new ModelDeckError('server', `The server answered with an error: "${words.slice(0, 300)}".`, {
      remedy: 'The log of the deployment has more.',
    });
  },
};
