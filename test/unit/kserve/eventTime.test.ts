import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventTime, eventTimeMs } from '../../../src/kserve/index.ts';
import type { KubeEvent } from '../../../src/kserve/resources/core.ts';

const event = (over: Omit<Partial<KubeEvent>, 'metadata'>, created?: string): KubeEvent => ({
  metadata: { name: 'x', ...(created !== undefined && { creationTimestamp: created }) },
  ...over,
});
const at = (minute: number): string => `2026-10-01T10:0${minute}:00Z`;

describe('The time of an event', () => {
  it('is the newest of all that it carries, whichever field that is', () => {
    for (const newest of [0, 1, 2, 3, 4]) {
      const [first, last, own, again, created = ''] = [0, 1, 2, 3, 4].map((each) => at(each === newest ? 9 : each));
      const all = {
        ...(first !== undefined && { firstTimestamp: first }),
        ...(last !== undefined && { lastTimestamp: last }),
        ...(own !== undefined && { eventTime: own }),
        ...(again !== undefined && { series: { count: 2, lastObservedTime: again } }),
      };
      assert.equal(eventTime(event(all, created)), at(9));
    }
  });

  it('is that of the series, whose event keeps its first time', () => {
    const again = event({
      eventTime: '2026-10-01T10:00:00.000001Z',
      series: { lastObservedTime: '2026-10-01T10:30:00.123456Z' },
    });
    assert.equal(eventTime(again), '2026-10-01T10:30:00.123456Z');
    assert.equal(eventTimeMs(again), Date.parse('2026-10-01T10:30:00.123Z'));
  });

  it('compares moments and not letters', () => {
    assert.equal(
      eventTime(event({ firstTimestamp: '2026-10-01T12:00:00+02:00', lastTimestamp: '2026-10-01T11:00:00Z' })),
      '2026-10-01T11:00:00Z',
    );
  });

  it('is none when it carries none, and then the oldest', () => {
    const none = event({ lastTimestamp: null, eventTime: null, firstTimestamp: null, series: null });
    assert.equal(eventTime(none), undefined);
    assert.equal(eventTimeMs(none), 0);
    assert.equal(eventTime(event({ lastTimestamp: 'no time' }, at(1))), at(1));
  });
});
