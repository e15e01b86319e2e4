import type { Check } from '../src/panel/messages/validate.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The other end of the page's messages. */
export interface Host<Request, Saved> {
  readonly post: (request: Request) => void;
  /** Keeps what a reload of the window needs. */
  readonly save: (state: Saved) => void;
}

/** Connects the page; messages that are not in the contract are dropped. */
export function connectHost<Request, Update, Saved = never>(
  isUpdate: Check<Update>,
  onUpdate: (update: Update) => void,
): Host<Request, Saved> {
  const api = acquireVsCodeApi();
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isUpdate(data)) onUpdate(data);
  });
  return { post: (request) => api.postMessage(request), save: (state) => api.setState(state) };
}
