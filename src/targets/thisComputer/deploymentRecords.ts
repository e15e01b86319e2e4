import { readFile, rename } from 'node:fs/promises';
import { fileError } from '../../foundation/fileErrors.ts';
import { isRecord } from '../../foundation/json.ts';
import { writeWhole } from '../../foundation/writeWhole.ts';
import type { StoredModel } from '../../stores/modelStore.ts';

/** What outlives the window. */
export interface DeploymentRecord {
  readonly name: string;
  readonly model: StoredModel;
  /** Id of the local runtime that served it last; this version may not have it any more. */
  readonly runtime: string;
  readonly protocol: 'v1' | 'v2';
}

/**
 * The list of deployments in a file that the windows of VS Code share: read again before each change, and replaced as a
 * whole.
 */
export class DeploymentRecords {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly log: (message: string) => void,
  ) {}

  async read(): Promise<readonly DeploymentRecord[]> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw fileError(error, 'read the list of deployments', this.file);
    }
    try {
      const value = JSON.parse(text) as unknown;
      if (Array.isArray(value) && value.every(isDeployment)) return value;
    } catch {
      // Handled below, as every other content that is not ours.
    }
    const kept = `${this.file}.broken`;
    await rename(this.file, kept);
    this.log(`The list of deployments could not be read and was set aside: ${kept}`);
    return [];
  }

  put(record: DeploymentRecord): Promise<void> {
    return this.change((records) => [...records.filter(({ name }) => name !== record.name), record]);
  }

  delete(name: string): Promise<void> {
    return this.change((records) => records.filter((record) => record.name !== name));
  }

  private change(edit: (records: readonly DeploymentRecord[]) => readonly DeploymentRecord[]): Promise<void> {
    const turn = this.last.then(async () => this.write(edit(await this.read())));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async write(records: readonly DeploymentRecord[]): Promise<void> {
    try {
      await writeWhole(this.file, `${JSON.stringify(records, null, 2)}\n`);
    } catch (error) {
      throw fileError(error, 'save the list of deployments', this.file);
    }
  }
}

function isDeployment(value: unknown): value is DeploymentRecord {
  if (!isRecord(value)) return false;
  const { name, model, runtime, protocol } = value;
  return (
    typeof name === 'string' &&
    typeof runtime === 'string' &&
    (protocol === 'v1' || protocol === 'v2') &&
    isStoredModel(model)
  );
}

function isStoredModel(value: unknown): value is StoredModel {
  if (!isRecord(value)) return false;
  const { storeId, name, version, storageUri, size, sha256 } = value;
  return (
    [storeId, name, version, storageUri].every((text) => typeof text === 'string') &&
    ['string', 'undefined'].includes(typeof sha256) &&
    ['number', 'undefined'].includes(typeof size)
  );
}
