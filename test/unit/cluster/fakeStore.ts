import type http from 'node:http';
import { sendJson, sendStatus, widget } from './fakeApiServer.ts';
import type { Asked, Widget } from './fakeApiServer.ts';

/** Widgets of a fake API server that can be listed and watched, with the faults that a test wants. */
export class FakeStore {
  readonly objects = new Map<string, Widget>();
  readonly watchers = new Set<http.ServerResponse>();
  /** Resource versions that watches were opened at. */
  readonly watchedFrom: string[] = [];
  lists = 0;
  version = 1;
  /** Watches from a version below this one are answered with 410. */
  oldest = 0;
  fault: ((asked: Asked, response: http.ServerResponse) => boolean) | undefined;

  readonly answer = (asked: Asked, response: http.ServerResponse): void => {
    if (this.fault?.(asked, response)) return;
    if (asked.url.searchParams.has('watch')) this.#watch(asked, response);
    else this.#list(asked, response);
  };

  put(name: string): void {
    this.version += 1;
    const object = widget(name, String(this.version));
    const type = this.objects.has(name) ? 'MODIFIED' : 'ADDED';
    this.objects.set(name, object);
    this.send({ type, object });
  }

  remove(name: string): void {
    this.version += 1;
    this.objects.delete(name);
    this.send({ type: 'DELETED', object: widget(name, String(this.version)) });
  }

  send(event: object): void {
    for (const watcher of this.watchers) watcher.write(`${JSON.stringify(event)}\n`);
  }

  /** Ends all watches: properly, or by cutting their sockets. */
  drop(how: 'end' | 'cut'): void {
    for (const watcher of this.watchers) {
      if (how === 'end') watcher.end();
      else watcher.socket?.destroy();
    }
    this.watchers.clear();
  }

  #list({ url }: Asked, response: http.ServerResponse): void {
    const limit = Number(url.searchParams.get('limit'));
    const start = Number(url.searchParams.get('continue') ?? 0);
    if (start === 0) this.lists += 1;
    const items = [...this.objects.values()].slice(start, start + limit);
    const more = start + limit < this.objects.size && { continue: String(start + limit) };
    sendJson(response, { items, metadata: { resourceVersion: String(this.version), ...more } });
  }

  #watch({ url }: Asked, response: http.ServerResponse): void {
    const from = url.searchParams.get('resourceVersion') ?? '';
    this.watchedFrom.push(from);
    if (Number(from) < this.oldest) {
      sendStatus(response, 410, 'too old resource version', { reason: 'Expired' });
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    this.watchers.add(response);
    response.on('close', () => this.watchers.delete(response));
  }
}
