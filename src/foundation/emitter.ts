/** A set of listeners, for engines that may not know `vscode.EventEmitter`. */
export class Emitter<Event = void> {
  private readonly listeners = new Set<(event: Event) => void>();

  /** @returns the function that ends the subscription; calling it twice does no harm */
  on(listener: (event: Event) => void): () => void {
    // An object of its own each time: the same function may subscribe twice, and end each subscription by itself.
    const entry = (event: Event): void => listener(event);
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  }

  /** Calls those who listen now; who subscribes or leaves meanwhile changes nothing for this event. */
  fire(event: Event): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  clear(): void {
    this.listeners.clear();
  }
}
