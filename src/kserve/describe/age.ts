const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The time since a moment as kubectl's AGE says it: `45s`, `12m`, `30h`, `4d3h`, `100d`, `3y`. */
export function ageOf(since: string | undefined, now: number = Date.now()): string | undefined {
  const passed = now - Date.parse(since ?? '');
  if (Number.isNaN(passed)) return undefined;
  const whole = (unit: number): number => Math.floor(Math.max(0, passed) / unit);
  if (passed < 2 * minute) return `${whole(second)}s`;
  if (passed < 3 * hour) return `${whole(minute)}m`;
  if (passed < 2 * day) return `${whole(hour)}h`;
  if (passed < 8 * day) return withRest(whole(day), 'd', whole(hour) % 24, 'h');
  return passed < 2 * 365 * day ? `${whole(day)}d` : `${Math.floor(whole(day) / 365)}y`;
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;
}
