import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { errors, type Browser, type Locator, type Page } from 'playwright-core';
import { waitUntil } from '../waitUntil.ts';
import { ClassifyPage } from './classifyPage.ts';
import { expect, patience } from './expect.ts';

/** For what is there already, or is not; in milliseconds. */
const glance = 200;

/** A tooltip goes when a user moves the mouse on; Playwright would wait for ever until what lies below it is free. */
const tooltipsLetThrough = `addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.textContent = '.context-view:has(.monaco-hover), .monaco-hover { pointer-events: none !important }';
  document.head.append(style);
});`;

/** The window of VS Code as a user has it: what is seen, clicked and typed; nothing is called behind its back. */
export class Workbench {
  private constructor(
    readonly page: Page,
    private readonly screenshots: string,
  ) {}

  /** @param screenshots folder for {@link screenshot}; made when needed */
  static async open(browser: Browser, url: string, screenshots: string): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addInitScript({ content: tooltipsLetThrough });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(url);
    await mkdir(screenshots, { recursive: true });
    const workbench = new Workbench(page, screenshots);
    await workbench.isThere();
    return workbench;
  }

  /** As "Reload Window" does: the extension host ends, and the browser keeps what VS Code keeps. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.isThere();
  }

  private async isThere(): Promise<void> {
    const isEmpty = new URL(this.page.url()).searchParams.get('ew') === 'true';
    await this.page.waitForSelector(isEmpty ? '.part.statusbar .statusbar-item' : '.part.sidebar .monaco-list-row');
    // Menus that open before VS Code has read the extension do not have its commands.
    await this.page.waitForSelector('.activitybar [aria-label^="Model Deck"]');
  }

  /** @returns the file */
  async screenshot(name: string): Promise<string> {
    const file = path.join(this.screenshots, `${name}.png`);
    // What fades in or moves is shown as it will be.
    await this.page.screenshot({ path: file, animations: 'disabled' });
    return file;
  }

  async showExplorer(): Promise<void> {
    await this.page.keyboard.press('Control+Shift+E');
    await this.page.waitForSelector('.explorer-folders-view .monaco-list-row');
  }

  /** Opens the folders on the way and returns the row of the last name. */
  async explorerRow(...names: readonly string[]): Promise<Locator> {
    await this.showExplorer();
    for (const [depth, name] of names.entries()) {
      const row = this.row('.explorer-folders-view', name);
      await row.waitFor();
      if (depth === names.length - 1) return row;
      await this.expand(row);
    }
    throw new Error('No name was given.');
  }

  async chooseFromMenu(row: Locator, command: string): Promise<void> {
    await this.openMenu(row, command);
    await this.choose(command);
  }

  /**
   * Opens the menu of a row until it has the item. A menu that opens while VS Code still reads its extensions lacks their
   * commands, and one that opens while the window takes the focus closes at once; a user would click again, too.
   */
  async openMenu(row: Locator, command: string): Promise<Locator> {
    const item = this.menuItem(command);
    return waitUntil(`the menu has ${command}`, async () => {
      await row.click({ button: 'right', timeout: 10_000 });
      if (await comesAbout(item.waitFor({ timeout: 2000 }))) return item;
      await this.page.keyboard.press('Escape');
      return undefined;
    });
  }

  /** Clicks an item of the open menu. A menu ignores clicks for a moment after it has opened, so as a user would: again. */
  async choose(command: string): Promise<void> {
    const item = this.menuItem(command);
    await item.hover();
    for (let tries = 0; tries < 10; tries++) {
      await item.click({ timeout: 1000 }).catch(() => undefined);
      if (await comesAbout(item.waitFor({ state: 'hidden', timeout: 500 }))) return;
    }
    throw new Error(`The menu does not take ${command}.`);
  }

  menuItem(command: string): Locator {
    // Behind the label there may be a key.
    return this.page.getByRole('menuitem', { name: new RegExp(`^${escaped(command)}(\\s|$)`) });
  }

  /** What the menu of a row offers at this moment. It is opened again when it closes before it is read. */
  async menuOf(row: Locator): Promise<readonly string[]> {
    const items = this.page.locator('.context-view .action-menu-item .action-label');
    const labels = await waitUntil('the row has a menu', async () => {
      await row.click({ button: 'right', timeout: 3000 });
      await items.first().waitFor({ timeout: 2000 });
      return textsOf(items);
    });
    await this.page.keyboard.press('Escape');
    await expect(items).toHaveCount(0);
    return labels;
  }

  async showDeck(): Promise<void> {
    const tab = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator('[aria-label^="Model Deck"]') });
    // A click on the tab that is open already would close it.
    await this.clickUntil(tab, tab.and(this.page.locator('.checked')));
    await this.pane('Clusters').waitFor();
    // The tooltip of the icon would lie over the trees.
    await this.page.mouse.move(900, 500);
  }

  /** One of the views of Model Deck, with its header. */
  pane(view: 'Clusters' | 'Model Stores'): Locator {
    return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${view}"]`) });
  }

  /** A button of what a view shows while it has no rows. */
  welcomeButton(name: string, view: 'Clusters' | 'Model Stores' = 'Clusters'): Locator {
    return this.pane(view).locator('.welcome-view').getByRole('button', { name, exact: true });
  }

  /** A row of either tree of Model Deck, by its label. */
  deckRow(label: string | RegExp, view: 'Clusters' | 'Model Stores' = 'Clusters'): Locator {
    return this.pane(view)
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) });
  }

  /** Clicks one of the buttons that a row shows while the mouse is on it. */
  async inlineAction(row: Locator, name: string): Promise<void> {
    await row.hover();
    await row.locator(`.action-label[aria-label^="${name}"]`).click();
  }

  /**
   * Clicks until something is there, not at all when it is there already. A click is lost when the row is drawn again under
   * it; a user clicks again, too. While a row loads what is below it, another click would only close it.
   */
  async clickUntil(row: Locator, outcome: Locator): Promise<void> {
    const isLoading = row.locator('.codicon-tree-item-loading');
    await waitUntil('something comes of a click on the row', async () => {
      if (await comesAbout(outcome.first().waitFor({ timeout: glance }))) return true;
      // What came meanwhile may be in front of the row.
      if (!(await comesAbout(isLoading.waitFor({ timeout: glance })))) await row.click({ timeout: 3000 });
      // A second click too early would ask for the same thing twice.
      return comesAbout(outcome.first().waitFor({ timeout: 6000 }));
    });
  }

  async expand(row: Locator): Promise<void> {
    await row.waitFor();
    await this.clickUntil(row, row.and(this.page.locator('[aria-expanded=true]')));
  }

  async collapse(row: Locator): Promise<void> {
    await this.clickUntil(row, row.and(this.page.locator('[aria-expanded=false]')));
  }

  /** A palette that opens while VS Code still reads its extensions lacks their commands; a user would open it again. */
  async runFromPalette(command: string): Promise<void> {
    const row = this.row('.quick-input-list', command);
    await waitUntil(`the palette has ${command}`, async () => {
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget input[type=text]').fill(`>${command}`, { timeout: 10_000 });
      if (await comesAbout(row.waitFor({ timeout: 3000 }))) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
    await row.click();
  }

  /** Commands that the palette offers for a text. */
  async paletteOffers(text: string): Promise<readonly string[]> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input[type=text]').fill(`>${text}`);
    const rows = this.page.locator('.quick-input-list .monaco-list-row .label-name');
    // The list of before stands there for a moment.
    await rows.filter({ hasText: text }).first().waitFor();
    const labels = await textsOf(rows);
    await this.page.keyboard.press('Escape');
    return labels.filter((label) => label.includes(text));
  }

  /** Waits for the question of a quick input. */
  async question(title: string | RegExp): Promise<Locator> {
    const widget = this.page.locator('.quick-input-widget', { hasText: title });
    await widget.waitFor();
    return widget;
  }

  /** Types and presses Enter, when what was typed has come about: a list is filtered, a field has the text. */
  async answer(text?: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    // A secret is typed into a field of its own kind.
    const field = widget.locator('input:is([type=text], [type=password])');
    if (text !== undefined) {
      await field.fill(text);
      await expect(field).toHaveValue(text);
      // Where there is a list, the row that Enter takes is one that fits.
      const list = widget.locator('.quick-input-list');
      if (await comesAbout(list.waitFor({ timeout: glance }))) {
        await expect(list.locator('.monaco-list-row.focused')).toContainText(text, { ignoreCase: true });
      }
    }
    await this.page.keyboard.press('Enter');
  }

  /** Types a path into VS Code's own file dialog. */
  async chooseFile(title: string, file: string): Promise<void> {
    await this.question(title);
    const row = this.page.locator('.quick-input-list .monaco-list-row');
    await row.first().waitFor();
    await this.page.locator('.quick-input-widget input[type=text]').fill(file);
    await row
      .filter({ hasText: path.basename(file) })
      .first()
      .waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: text }).last();
  }

  async clearNotifications(): Promise<void> {
    await this.runFromPalette('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').first().waitFor({ state: 'hidden' });
  }

  /** @param theme its name in VS Code's list, for example `Dark High Contrast` */
  async chooseTheme(theme: string): Promise<void> {
    await this.runFromPalette('Preferences: Color Theme');
    await this.page.getByPlaceholder('Select Color Theme').waitFor();
    await this.answer(theme);
  }

  /** The modal question of VS Code. */
  dialogButton(name: string): Locator {
    return this.page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true });
  }

  async openFile(...names: readonly string[]): Promise<void> {
    await (await this.explorerRow(...names)).dblclick();
  }

  /** The frame of our page that shows an element. */
  async frameWith(testId: string): Promise<Locator> {
    return waitUntil(`a page shows ${testId}`, async () => {
      for (const frame of this.page.frames()) {
        const found = frame.locator('body', { has: frame.getByTestId(testId) });
        // eslint-disable-next-line no-restricted-syntax -- It is asked until one is there.
        if (await found.isVisible().catch(() => false)) return found;
      }
      return undefined;
    });
  }

  async classifyPage(): Promise<ClassifyPage> {
    return new ClassifyPage(await this.frameWith('drop'));
  }

  /** Deploys a model folder of the workspace to this computer, and opens the panel by the message that it is ready. */
  async deployAndClassify(model: string): Promise<ClassifyPage> {
    await this.chooseFromMenu(await this.explorerRow(model), 'Deploy to This Computer');
    await this.notification(`${model} is ready`).getByRole('button', { name: 'Classify Image…' }).click();
    const panel = await this.classifyPage();
    await this.clearNotifications();
    return panel;
  }

  /** All panels that are seen, from left to right. */
  async classifyPages(count: number): Promise<readonly ClassifyPage[]> {
    return waitUntil(`${count} panels are seen`, async () => {
      const found: { readonly page: ClassifyPage; readonly left: number }[] = [];
      for (const frame of this.page.frames()) {
        const body = frame.locator('body', { has: frame.getByTestId('drop') });
        // A frame that is on its way out has no place any more.
        const box = await body.boundingBox({ timeout: glance }).catch(() => null);
        if (box) found.push({ page: new ClassifyPage(body), left: box.x });
      }
      return found.length === count ? found.sort((a, b) => a.left - b.left).map(({ page }) => page) : undefined;
    });
  }

  /** A row by its label. What stands in it behind the label, a key or a hint, is not part of it. */
  private row(view: string, name: string): Locator {
    return this.page
      .locator(`${view} .monaco-list-row`)
      .filter({ has: this.page.locator('.label-name', { hasText: new RegExp(`^${escaped(name)}$`) }) });
  }
}

function exactly(label: string | RegExp): RegExp {
  return typeof label === 'string' ? new RegExp(`^${escaped(label)}$`) : label;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Their texts in one look. */
function textsOf(rows: Locator): Promise<readonly string[]> {
  return rows.evaluateAll((found: readonly { readonly textContent: string }[]) =>
    found.map(({ textContent }) => textContent.trim()).filter(Boolean),
  );
}

/** Whether what is waited for comes in its time. @throws what else goes wrong, such as two rows where one was meant */
async function comesAbout(waiting: Promise<void>): Promise<boolean> {
  try {
    await waiting;
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}
