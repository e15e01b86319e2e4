import type { KubeEvent } from './resources/core.ts';

/**
 * When an event was seen last, as RFC 3339: the newest of all the times that it carries, since each API fills other
 * fields. `events.k8s.io` writes `eventTime` and then `series.lastObservedTime`; the older API writes `firstTimestamp` and
 * `lastTimestamp`.
 *
 * @returns undefined for an event without any time
 */
export function eventTime(event: KubeEvent): string | undefined {
  const { series, lastTimestamp, eventTime: at, firstTimestamp, metadata } = event;
  const times = [series?.lastObservedTime, lastTimestamp, at, firstTimestamp, metadata.creationTimestamp];
  let newest: string | undefined;
  for (const time of times) {
    if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) continue;
    if (newest === undefined || Date.parse(time) > Date.parse(newest)) newest = time;
  }
  return newest;
}

/** {@link eventTime} in milliseconds since 1970; 0 for an event without any time, so that it sorts as the oldest. */
export function eventTimeMs(event: KubeEvent): number {
  return Date.parse(eventTime(event) ?? '') || 0;
}
