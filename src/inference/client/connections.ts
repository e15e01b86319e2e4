import http from 'node:http';
import https from 'node:https';
import type { Task } from '../../foundation/task.ts';
import { CutBeforeAnswer, exchangeOnce } from './httpExchange.ts';
import type { Agents, HttpAnswer, HttpRequest } from './httpExchange.ts';

/** How long an idle connection is kept, in milliseconds; servers that say how long they keep it are believed. */
const idleMs = 60_000;

/**
 * The connections to one endpoint by one route, kept open between requests: through a port forward each new one costs
 * several ways to the API server and back.
 */
export class Connections {
  private readonly agents: Agents;

  /** @param ca certificate authorities in PEM that are trusted instead of the usual ones */
  constructor(ca?: string) {
    const options = { keepAlive: true, timeout: idleMs };
    this.agents = {
      http: new http.Agent(options),
      https: new https.Agent({ ...options, ...(ca !== undefined && { ca }) }),
    };
  }

  /**
   * Asks and reads the whole answer. When the connection is cut before anything was answered, it asks once more on a fresh
   * one: a kept connection may lead to a server that was started again, or to a pod that is gone. Only for questions that
   * change nothing.
   * @throws ModelDeckError as `exchangeOnce` does
   */
  async exchange(request: HttpRequest, task?: Task): Promise<HttpAnswer> {
    try {
      return await exchangeOnce(request, this.agents, task);
    } catch (error) {
      if (!(error instanceof CutBeforeAnswer)) throw error;
    }
    this.dropIdle();
    try {
      return await exchangeOnce(request, this.agents, task);
    } catch (error) {
      throw error instanceof CutBeforeAnswer ? error.reported : error;
    }
  }

  /** Ends all of them, those in use too. */
  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private dropIdle(): void {
    for (const { freeSockets } of [this.agents.http, this.agents.https]) {
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
    }
  }
}
