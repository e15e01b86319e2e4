/** Asks the other side of a connection for a sign of life now and then. */
export interface Heartbeat {
  /** To be called at every sign of life. */
  alive(): void;
  stop(): void;
}

const askEveryMs = 10_000;
/** As long as kubectl waits. TCP alone takes a quarter of an hour to give up on data that nobody acknowledges. */
const silentMs = 60_000;

/** @param dead called once, when there has been none for a minute */
export function openHeartbeat(ask: () => void, dead: () => void): Heartbeat {
  let last = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - last < silentMs) {
      ask();
    } else {
      clearInterval(timer);
      dead();
    }
  }, askEveryMs);
  return { alive: () => void (last = performance.now()), stop: () => clearInterval(timer) };
}
