import path from 'node:path';
import type { Page } from 'playwright-core';
import { root } from './session.ts';
import type { ShownPage } from './shownPages.ts';

/** What VS Code gives each of its webviews in a theme. */
export interface Clothes {
  readonly style: string;
  readonly bodyClass: string;
  readonly defaultStyles: string;
}

/** Fills a built page as its host does, and opens everything that folds. */
export async function showPage(
  page: Page,
  shown: Pick<ShownPage, 'title' | 'page' | 'updates' | 'afterOpening'>,
  locale = 'en',
): Promise<void> {
  const built = path.join(root, 'dist', 'webview', shown.page);
  await page.setContent(
    `<!DOCTYPE html><html lang="en" data-locale="${locale}"><head><title>${shown.title}</title><style id="worn"></style></head><body></body></html>`,
  );
  await page.addStyleTag({ path: `${built}.css` });
  await page.addScriptTag({
    content:
      'globalThis.posted = []; globalThis.acquireVsCodeApi = () => ({ postMessage: (message) => posted.push(message), getState() {}, setState() {} })',
  });
  await page.addScriptTag({ path: `${built}.js` });
  // The toolkit takes its colours from the theme from then on.
  await page.evaluate(`dispatchEvent(new Event('load'))`);
  await send(page, shown.updates);
  // Twice: what was folded away may have something that folds.
  for (let times = 0; times < 2; times += 1) {
    await page.evaluate(`new Promise((done) => {
      for (const details of document.querySelectorAll('details')) details.open = true;
      requestAnimationFrame(() => requestAnimationFrame(done));
    })`);
  }
  if (shown.afterOpening) await send(page, shown.afterOpening);
}

/** Dresses the page for a theme. */
export async function wear(page: Page, { style, bodyClass, defaultStyles }: Clothes): Promise<void> {
  await page.evaluate(`(() => {
    document.documentElement.setAttribute('style', ${JSON.stringify(style)});
    document.body.classList.remove(...document.body.className.split(' ').filter((name) => name.startsWith('vscode-')));
    document.body.classList.add(...${JSON.stringify(bodyClass)}.split(' ').filter((name) => name.startsWith('vscode-')));
    document.getElementById('worn').textContent = ${JSON.stringify(defaultStyles)};
  })()`);
}

/** Resolves when the page has taken them. */
export async function send(page: Page, updates: readonly object[]): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    addEventListener('message', ({ data }) => data === 'all' && done());
    for (const update of ${JSON.stringify(updates)}) postMessage(update, '*');
    postMessage('all', '*');
  })`);
}

/** What reaches out of the window to the side. */
export async function overflow(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => 'reaches out of the window: ' + element.outerHTML.slice(0, 120));
  })()`);
  return found as readonly string[];
}
