import { ModelDeckError } from '../../../foundation/error.ts';
import { isRecord, own, type JsonObject } from '../../../foundation/json.ts';
import type { AnswerDialect } from './dialect.ts';
import { isAnswerField, unwrapped } from './values.ts';

/** A failure that was sent with status 200, as TorchServe's handlers and gateways do: `{"code": 507, "message": "out of memory"}`. */
export const serverError: AnswerDialect = {
  name: 'server-error',
  read(answer) {
    const value = unwrapped(answer);
    if (!isRecord(value)) return undefined;
    const text = (name: string): string | undefined => {
      const words = own(value, name);
      return typeof words === 'string' && words.trim() !== '' ? words : undefined;
    };
    const said = text('message') ?? text('detail');
    const words = text('error') ?? (isFailure(value) ? said : undefined);
    if (words === undefined) return undefined;
    throw new ModelDeckError('server', `The server answered with an error: "${words.slice(0, 300)}".`, {
      remedy: 'The log of the deployment has more.',
    });
  },
};

/** Whether an object with a message is one that failed: by its code, or because it holds nothing but texts and no class. */
function isFailure(value: JsonObject): boolean {
  const code = Number(own(value, 'code') ?? own(value, 'status_code'));
  if (Number.isFinite(code)) return code >= 400;
  const entries = Object.entries(value);
  return entries.every(([name, one]) => typeof one === 'string' && !isAnswerField(name));
}
