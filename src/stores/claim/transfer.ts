import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import type { ModelArchive } from '../../packaging/kinds/torchserve/modelArchive.ts';
import type { UploadStep } from '../modelStore.ts';
import { formatRecord, type StoreRecord } from '../storeRecord.ts';
import { versionTakenRemedy } from '../versionFolder.ts';
import { readBegin, readCommit, type VersionExists } from './claimAnswers.ts';
import type { ClaimShell, ScriptAnswer, ScriptCall } from './claimShell.ts';
import { archiveChanged, hashFile, readArchiveFrom } from './localFile.ts';
import { isGone, newOwner, retireOwner } from './owner.ts';
import type { Pace } from './pace.ts';
import { hashBlocks, sendFile } from './receiveFile.ts';
import { renewing } from './renewing.ts';
import { missingToolsError, noSpaceError } from './scriptError.ts';
import { beginScript, blockSize, commitScript, releaseScript, type Script } from './scripts.ts';

/** What one attempt came to: the stored version, another window that writes it, or a reason to look anew at once. */
export type AttemptResult = Arrived | 'busy' | 'again';

/** The version is in the claim; `isNew` when this very upload has put it there. */
export interface Arrived {
  readonly record: StoreRecord;
  readonly isNew: boolean;
}

/** Looks at a lock without a name before it counts as left behind: its owner writes the name right after taking it. */
const namelessLooks = 3;

/**
 * One archive on its way into a claim. Each attempt begins with what is there, so that it does not matter who sent that,
 * nor what became of the attempt before.
 */
export class Transfer {
  /** Bytes of the archive that the claim has for certain, by its last answer. */
  arrived = 0;
  /** Bytes that have left; some of them may not have arrived when a connection broke. */
  sent = 0;
  /** Whether the claim has answered at all. */
  hasBegun = false;
  /** Whether the claim was asked to show the version, and has not said no. */
  private hasCommitted = false;
  private readonly owner = newOwner();
  private readonly part: string;
  private readonly file: string;
  private goneOwner = '';
  private badFile = '';
  private namelessLock = 0;

  constructor(
    private readonly archive: ModelArchive,
    private readonly config: Buffer,
    private readonly shell: ClaimShell,
    private readonly pace: Pace,
    private readonly task: Task<UploadStep>,
  ) {
    this.part = `.${archive.version}.${archive.sha256.slice(0, 12)}.part`;
    // Either separator: an archive's path is one of this computer.
    this.file = archive.path.split(/[\\/]/).at(-1) ?? '';
  }

  /**
   * Continues from where the claim is, to the end.
   *
   * @throws ModelDeckError what stopped it; whether another attempt makes sense is not decided here
   */
  async attempt(): Promise<AttemptResult> {
    const { archive } = this;
    const call = { ...this.call(), needs: archive.size - this.arrived };
    const begun = readBegin((await this.shell.run(beginScript, this.beginArguments(), call)).stdout);
    this.hasBegun = true;
    if (begun.kind === 'missing') throw missingToolsError(begun.tools);
    // What is there after we have asked for it is ours: only the answer was lost.
    if (begun.kind === 'exists') return { record: this.sameRecord(begun), isNew: this.hasCommitted };
    this.arrived = begun.bytes;
    this.sent = begun.bytes;
    this.task.onProgress?.({ step: 'upload', done: begun.bytes, total: archive.size });
    if (begun.kind === 'busy') return this.waitFor(begun.owner);
    this.badFile = '';
    const continues = begun.file !== '' && (await this.isGoodPrefix(begun.file, begun.bytes));
    if (begun.file !== '' && !continues) {
      // The next look throws it away.
      this.badFile = begun.file;
      return 'again';
    }
    const nonce = randomBytes(4).toString('hex');
    const file = continues ? begun.file : `archive.${nonce}`;
    const from = continues ? Math.floor(begun.bytes / blockSize) : 0;
    this.checkSpace(begun.freeBytes, from * blockSize);
    const { name, version } = archive;
    const lock = { name, version, owner: this.owner, seconds: this.pace.lease, every: this.pace.renewal };
    const result = await renewing(lock, this.shell, this.call(), (signal) => this.send(file, from, nonce, signal));
    return result === 'lost' ? 'again' : result;
  }

  /** Gives the lock back, if the pod is there; with `drop`, also what has come. Never throws. */
  async release(what: 'keep' | 'drop'): Promise<void> {
    if (this.shell.isUp()) {
      const { name, version } = this.archive;
      const args = [name, version, this.part, this.owner, what];
      await this.run(releaseScript, args, AbortSignal.timeout(this.pace.tidying)).catch(() => undefined);
    }
    retireOwner(this.owner);
  }

  private async send(file: string, from: number, nonce: string, signal: AbortSignal): Promise<AttemptResult> {
    const { archive, shell } = this;
    const { name, version, size, sha256 } = archive;
    const record: StoreRecord = { name, version, size, sha256, archive: `model-store/${this.file}` };
    const small = Promise.all([
      this.sendSmall(`config.${nonce}`, this.config, signal),
      this.sendSmall(`record.${nonce}`, Buffer.from(formatRecord(record)), signal),
    ]);
    // Looked at when the archive is there; when that fails, nobody asks any more.
    small.catch(() => undefined);
    const arrived = await sendFile(
      shell,
      { file: this.pathOf(file), size, from, bytes: readArchiveFrom(archive, from * blockSize) },
      {
        ...this.call(signal),
        onSent: (done) => {
          this.sent = done;
          this.task.onProgress?.({ step: done < size ? 'upload' : 'verify', done, total: size });
        },
      },
    );
    if (arrived !== sha256) {
      this.badFile = file;
      this.arrived = 0;
      this.sent = 0;
      throw await this.wrongBytes(signal);
    }
    await small;
    const commit = [name, version, this.part, this.file, this.owner, file, nonce];
    this.hasCommitted = true;
    const done = readCommit((await this.run(commitScript, commit, signal)).stdout);
    if (done === 'committed') return { record, isNew: true };
    this.hasCommitted = false;
    return done === 'lost' ? 'again' : { record: this.sameRecord(done), isNew: false };
  }

  private async sendSmall(file: string, content: Buffer, signal: AbortSignal): Promise<void> {
    const transfer = { file: this.pathOf(file), size: content.length, from: 0, bytes: Readable.from([content]) };
    const arrived = await sendFile(this.shell, transfer, this.call(signal));
    if (arrived !== createHash('sha256').update(content).digest('hex')) throw this.spoiled();
  }

  /** Whether the blocks that the claim has are those of the archive. */
  private async isGoodPrefix(file: string, bytes: number): Promise<boolean> {
    const blocks = Math.floor(bytes / blockSize);
    if (bytes > this.archive.size) return false;
    const { signal } = this.task;
    const [there, here] = await Promise.all([
      hashBlocks(this.shell, this.pathOf(file), blocks, this.call(signal)),
      hashFile(this.archive.path, blocks * blockSize, { signal }),
    ]);
    return there === here;
  }

  private checkSpace(free: number | undefined, sent: number): void {
    const needed = this.archive.size - sent;
    if (free === undefined || free >= needed) return;
    const { name, version } = this.archive;
    throw noSpaceError(this.shell.place, `receive ${name} ${version}`, free, needed);
  }

  /** @throws ModelDeckError `conflict` when the version has other bytes, or is none of ours */
  private sameRecord({ record, isWhole }: VersionExists): StoreRecord {
    const { name, version, sha256 } = this.archive;
    if (record?.sha256 === sha256 && isWhole) return record;
    const { claim } = this.shell.place;
    throw new ModelDeckError('conflict', `The claim "${claim}" has ${name} ${version} already, with other content.`, {
      remedy: versionTakenRemedy,
    });
  }

  private waitFor(owner: string): 'busy' {
    this.namelessLock = owner === '-' ? this.namelessLock + 1 : 0;
    this.goneOwner = isGone(owner) || this.namelessLock >= namelessLooks ? owner : '';
    return 'busy';
  }

  private async wrongBytes(signal: AbortSignal): Promise<ModelDeckError> {
    const here = await hashFile(this.archive.path, undefined, { signal });
    return here === this.archive.sha256 ? this.spoiled() : archiveChanged(this.archive);
  }

  private spoiled(): ModelDeckError {
    const { claim } = this.shell.place;
    return new ModelDeckError('server', `What arrived in the claim "${claim}" is not what was sent.`, {
      remedy: 'Look at the volume behind the claim, then try again.',
      nextStep: { kind: 'retry' },
    });
  }

  private beginArguments(): readonly string[] {
    const { name, version } = this.archive;
    return [name, version, this.part, this.file, this.owner, String(this.pace.lease), this.goneOwner, this.badFile];
  }

  private pathOf(file: string): string {
    return `${this.archive.name}/${this.part}/${file}`;
  }

  private call(signal = this.task.signal): ScriptCall {
    const { name, version } = this.archive;
    return { doing: `receive ${name} ${version}`, signal, silenceMs: this.pace.silence };
  }

  private run(script: Script, args: readonly string[], signal?: AbortSignal): Promise<ScriptAnswer> {
    return this.shell.run(script, args, this.call(signal));
  }
}
