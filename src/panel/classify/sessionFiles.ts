import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../../foundation/writeWhole.ts';
import { isSavedSession, type SavedSession } from './savedSession.ts';

/** Panels that are kept at most; the oldest go. */
const mostFiles = 20;
/** How long a panel is kept that does not come back, in milliseconds. */
const longestAge = 30 * 24 * 3600 * 1000;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keeps what panels show over a reload of the window: a file for each panel, for this user's eyes only. */
export class SessionFiles {
  private hasTidied = false;

  /** @param folder made when it is needed */
  constructor(private readonly folder: string) {}

  /** Nothing when there is none, or when it cannot be read. */
  async read(panelId: string): Promise<SavedSession | undefined> {
    try {
      const saved: unknown = JSON.parse(await readFile(this.file(panelId), 'utf8'));
      return isSavedSession(saved) ? saved : undefined;
    } catch {
      return undefined;
    }
  }

  /** The ids of the panels that are kept; none where nothing can be read. */
  async newestFirst(): Promise<readonly string[]> {
    const files = await this.list().catch(() => []);
    return files.map(({ file }) => path.basename(file, '.json')).filter((id) => idPattern.test(id));
  }

  /** @throws the operating system's error */
  async write(panelId: string, session: SavedSession): Promise<void> {
    await writeWhole(this.file(panelId), JSON.stringify(session), 0o600);
    if (this.hasTidied) return;
    this.hasTidied = true;
    await this.tidy();
  }

  async remove(panelId: string): Promise<void> {
    await rm(this.file(panelId), { force: true });
  }

  /** Panels whose windows never came back leave their files: the old ones go. */
  private async tidy(): Promise<void> {
    const oldest = Date.now() - longestAge;
    const leaving = (await this.list()).filter(({ at }, index) => index >= mostFiles || at < oldest);
    await Promise.all(leaving.map(({ file }) => rm(file, { force: true })));
  }

  private async list(): Promise<readonly { readonly file: string; readonly at: number }[]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    const files = await Promise.all(
      names.map(async (name) => {
        const file = path.join(this.folder, name);
        return { file, at: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 };
      }),
    );
    return files.sort((a, b) => b.at - a.at);
  }

  /** The id comes from a page: nothing but an id of our own becomes part of a path. */
  private file(panelId: string): string {
    if (!idPattern.test(panelId)) throw new Error('This is no id of a panel.');
    return path.join(this.folder, `${panelId}.json`);
  }
}
