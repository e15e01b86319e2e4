import { numberFormats } from './numberFormats.ts';

/** Numbers and times as VS Code's language writes them; the host puts it into the document. */
export const {
  percent: formatPercent,
  number: formatNumber,
  exact: formatExact,
  count: formatCount,
  ms: formatMs,
  time: formatTime,
} = numberFormats(document.documentElement.dataset['locale']);
