import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import type { ModelPackage } from '../../packaging/modelPackage.ts';
import type { UploadStep } from '../modelStore.ts';
import type { StoreRecord } from '../storeRecord.ts';
import { versionTakenRemedy } from '../versionFolder.ts';
import { readBegin, readCommit, type BegunFile, type VersionExists } from './claimAnswers.ts';
import type { ClaimShell, ScriptAnswer, ScriptCall } from './claimShell.ts';
import { isGone, newOwner, retireOwner } from './owner.ts';
import type { Pace } from './pace.ts';
import { fileChanged, hashFile, partFiles, readFrom, type PartFile } from './partFile.ts';
import { hashBlocks, sendFile } from './receiveFile.ts';
import { renewing } from './renewing.ts';
import { missingToolsError, noSpaceError } from './scriptError.ts';
import { beginScript, blockSize, commitScript, releaseScript, type Script } from './scripts.ts';

/** What one attempt came to: the stored version, another window that writes it, or a reason to look again at once. */
export type AttemptResult = Arrived | 'busy' | 'again';

/** The version is in the claim; `isNew` when this very upload has put it there. */
export interface Arrived {
  readonly record: StoreRecord;
  readonly isNew: boolean;
}

/** A file that is still to be sent, from a block on. */
interface Sending {
  readonly file: PartFile;
  /** Its name in the part folder. */
  readonly name: string;
  readonly from: number;
}

/** Looks at a lock without a name before it counts as left behind: its owner writes the name right after taking it. */
const namelessLooks = 3;

/** Files below a block that are sent at the same time: each takes a round trip, whatever its size. */
const smallAtOnce = 4;

/**
 * One package on its way into a claim. Each attempt begins with what is there, so that it does not matter who sent that,
 * nor what became of the attempt before. Every file is continued and verified by itself.
 */
export class Transfer {
  /** Bytes that the claim has for certain, by its last answer. */
  arrived = 0;
  /** Bytes that have left; some of them may not have arrived when a connection broke. */
  sent = 0;
  /** Bytes of all files. */
  readonly total: number;
  /** Whether the claim has answered at all. */
  hasBegun = false;
  readonly files: readonly PartFile[];
  /** Whether the claim was asked to show the version, and has not said no. */
  private hasCommitted = false;
  private readonly record: StoreRecord;
  private readonly owner = newOwner();
  private readonly part: string;
  private readonly sentOf = new Map<string, number>();
  /** Names in the part folder of the files that this transfer has verified, by key. */
  private readonly verified = new Map<string, string>();
  private goneOwner = '';
  private badFiles: readonly string[] = [];
  private namelessLock = 0;

  constructor(
    private readonly made: ModelPackage,
    private readonly shell: ClaimShell,
    private readonly pace: Pace,
    private readonly task: Task<UploadStep>,
  ) {
    const { files, record } = partFiles(made);
    this.files = files;
    this.record = record;
    this.total = files.reduce((sum, { size }) => sum + size, 0);
    this.part = `.${made.version}.${made.sha256.slice(0, 12)}.part`;
  }

  /**
   * Continues from where the claim is, to the end.
   *
   * @throws ModelDeckError what stopped it; whether another attempt makes sense is not decided here
   */
  async attempt(): Promise<AttemptResult> {
    const begun = readBegin((await this.begin()).stdout);
    this.hasBegun = true;
    if (begun.kind === 'missing') throw missingToolsError(begun.tools);
    // What is there after we have asked for it is ours: only the answer was lost.
    if (begun.kind === 'exists') return { record: this.sameRecord(begun), isNew: this.hasCommitted };
    this.badFiles = [];
    if (begun.kind === 'busy') {
      this.note(begun.bytes);
      return this.waitFor(begun.owner);
    }
    this.sentOf.clear();
    for (const [key, { bytes }] of begun.files) this.sentOf.set(key, bytes);
    this.note(sumOf(this.sentOf));
    const sending = await this.plan(begun.files);
    // The next look throws away what is not ours.
    if (this.badFiles.length > 0) return 'again';
    this.checkSpace(begun.freeBytes, sending);
    const { name, version } = this.made;
    const lock = { name, version, owner: this.owner, seconds: this.pace.lease, every: this.pace.renewal };
    const result = await renewing(lock, this.shell, this.call(), (signal) => this.send(sending, signal));
    return result === 'lost' ? 'again' : result;
  }

  /** Gives the lock back, if the pod is there; with `drop`, also what has come. Never throws. */
  async release(what: 'keep' | 'drop'): Promise<void> {
    if (this.shell.isUp()) {
      const { name, version } = this.made;
      const args = [name, version, this.part, this.owner, what];
      const call = this.call(AbortSignal.timeout(this.pace.tidying));
      await this.shell.run(releaseScript, args, call).catch(() => undefined);
    }
    retireOwner(this.owner);
  }

  /** What has arrived, by the claim's answer. */
  private note(bytes: number): void {
    this.arrived = bytes;
    this.sent = bytes;
    this.task.onProgress?.({ step: 'upload', done: Math.min(bytes, this.total), total: this.total });
  }

  /** What has still to be sent; what cannot be continued is noted as bad. */
  private async plan(begun: ReadonlyMap<string, BegunFile>): Promise<readonly Sending[]> {
    const nonce = randomBytes(4).toString('hex');
    const sending: Sending[] = [];
    const bad: string[] = [];
    for (const file of this.files) {
      const there = begun.get(file.key);
      if (there === undefined) {
        this.verified.delete(file.key);
        sending.push({ file, name: `${file.key}.${nonce}`, from: 0 });
      } else if (there.bytes === file.size && this.verified.get(file.key) === there.file) {
        // Nobody writes other bytes to a file of this name.
      } else if (await this.isGoodPrefix(file, there)) {
        sending.push({ file, name: there.file, from: Math.floor(there.bytes / blockSize) });
      } else {
        bad.push(there.file);
      }
    }
    this.badFiles = bad;
    return sending;
  }

  private async send(sending: readonly Sending[], signal: AbortSignal): Promise<AttemptResult> {
    const isSmall = ({ file, from }: Sending): boolean => file.size - from * blockSize < blockSize;
    await this.sendSmall(sending.filter(isSmall), signal);
    for (const one of sending) if (!isSmall(one)) await this.sendOne(one, signal);
    this.hasCommitted = true;
    const lines = this.files.map(({ key, path }) => [this.verified.get(key) ?? '', path] as const);
    const done = readCommit((await this.run(commitScript, [], lines, this.call(signal))).stdout);
    if (done === 'committed') return { record: this.record, isNew: true };
    this.hasCommitted = false;
    return done === 'lost' ? 'again' : { record: this.sameRecord(done), isNew: false };
  }

  /** Several at a time; the first failure ends them all. */
  private async sendSmall(sending: readonly Sending[], signal: AbortSignal): Promise<void> {
    const queue = [...sending];
    const end = new AbortController();
    const failures: unknown[] = [];
    const work = async (): Promise<void> => {
      try {
        for (let next = queue.shift(); next; next = queue.shift()) {
          await this.sendOne(next, AbortSignal.any([signal, end.signal]));
        }
      } catch (error) {
        failures.push(error);
        end.abort();
      }
    };
    await Promise.all(Array.from({ length: smallAtOnce }, work));
    if (failures.length > 0) throw failures[0];
  }

  private async sendOne({ file, name, from }: Sending, signal: AbortSignal): Promise<void> {
    const { key, size } = file;
    const arrived = await sendFile(
      this.shell,
      { file: this.pathOf(name), size, from, bytes: readFrom(file, from * blockSize) },
      {
        ...this.call(signal),
        onSent: (done) => {
          this.sentOf.set(key, done);
          this.sent = sumOf(this.sentOf);
          const step = this.sent < this.total ? 'upload' : 'verify';
          this.task.onProgress?.({ step, done: this.sent, total: this.total });
        },
      },
    );
    if (arrived === file.sha256) {
      this.verified.set(key, name);
      return;
    }
    this.badFiles = [name];
    this.sentOf.delete(key);
    this.sent = sumOf(this.sentOf);
    this.arrived = 0;
    throw await this.wrongBytes(file, signal);
  }

  /** Whether the blocks that the claim has are those of the file. */
  private async isGoodPrefix(file: PartFile, { bytes, file: name }: BegunFile): Promise<boolean> {
    const blocks = Math.floor(bytes / blockSize);
    if (bytes > file.size) return false;
    if (blocks === 0) return true;
    const { signal } = this.task;
    const [there, here] = await Promise.all([
      hashBlocks(this.shell, this.pathOf(name), blocks, this.call(signal)),
      hashFile(file, blocks * blockSize, { signal }),
    ]);
    return there === here;
  }

  private checkSpace(free: number | undefined, sending: readonly Sending[]): void {
    const needed = sending.reduce((sum, { file, from }) => sum + file.size - from * blockSize, 0);
    if (free === undefined || free >= needed) return;
    throw noSpaceError(this.shell.place, this.call().doing, free, needed);
  }

  /** @throws ModelDeckError `conflict` when the version has other bytes, or is not ours */
  private sameRecord({ record, isWhole }: VersionExists): StoreRecord {
    const { name, version, sha256 } = this.made;
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

  private async wrongBytes(file: PartFile, signal: AbortSignal): Promise<ModelDeckError> {
    const here = await hashFile(file, undefined, { signal });
    if (typeof file.source === 'string' && here !== file.sha256) return fileChanged(file.source);
    const { claim } = this.shell.place;
    return new ModelDeckError('server', `What arrived in the claim "${claim}" is not what was sent.`, {
      remedy: 'Look at the volume behind the claim, then try again.',
      nextStep: { kind: 'retry' },
    });
  }

  private begin(): Promise<ScriptAnswer> {
    const lines = this.files.map(({ key, path }) => [key, path] as const);
    const args = [String(this.pace.lease), this.goneOwner, this.badFiles.join(' ')];
    return this.run(beginScript, args, lines, { ...this.call(), needs: this.total - this.arrived });
  }

  private pathOf(name: string): string {
    return `${this.made.name}/${this.part}/${name}`;
  }

  private call(signal = this.task.signal): ScriptCall {
    const { name, version } = this.made;
    return { doing: `receive ${name} ${version}`, signal, silenceMs: this.pace.silence };
  }

  /** Runs a script that takes the files as lines of its standard input. */
  private run(
    script: Script,
    more: readonly string[],
    lines: readonly (readonly [word: string, path: string])[],
    call: ScriptCall,
  ): Promise<ScriptAnswer> {
    const { name, version } = this.made;
    const text = `${lines.map(([word, path]) => `${word} /${path}/\n`).join('')}end\n`;
    const stdin = Readable.from([Buffer.from(text)], { objectMode: false });
    return this.shell.run(script, [name, version, this.part, this.owner, ...more], { ...call, stdin });
  }
}

function sumOf(bytes: ReadonlyMap<string, number>): number {
  return [...bytes.values()].reduce((sum, each) => sum + each, 0);
}
