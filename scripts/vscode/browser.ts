import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { findProgram, requireTools } from './systemTools.ts';
import type { SystemTool } from './systemTools.ts';

const browser: SystemTool = {
  programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'],
  debianPackage: 'chromium',
  purpose: 'the browser that the tests drive; any Chromium’s path can be put into MODEL_DECK_CHROMIUM',
};

/** What a browser would do by itself over the network, and what a container cannot do. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Drawing what moves, as a bar of progress, keeps a core busy where there is no graphics card.
  '--force-prefers-reduced-motion',
  // Containers often have a tiny /dev/shm, in which a large page dies.
  '--disable-dev-shm-usage',
];

/**
 * Starts a Chromium without a window: `MODEL_DECK_CHROMIUM`, one on the PATH, or apt-get's.
 *
 * @throws Error one line when there is none
 */
export async function launchBrowser(log: (line: string) => void): Promise<Browser> {
  const [found] = process.env['MODEL_DECK_CHROMIUM']
    ? [process.env['MODEL_DECK_CHROMIUM']]
    : requireTools([browser], log);
  if (found === undefined) throw new Error('There is no Chromium.');
  return chromium.launch({ executablePath: found, args: flags });
}

/** Whether a browser could be started without installing one. */
export function hasBrowser(): boolean {
  return process.env['MODEL_DECK_CHROMIUM'] !== undefined || findProgram(...browser.programs) !== undefined;
}
