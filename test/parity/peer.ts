import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageModel } from '../../src/packaging/index.ts';
import type { ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { pythonEnvironment } from '../../scripts/python/environment.ts';
import { PythonWorker } from '../../scripts/python/pythonWorker.ts';

const script = path.join(import.meta.dirname, '..', '..', 'scripts', 'parity', 'archiver_worker.py');

/** An archive as Python's zipfile and tarfile read it; entries in the archive's order. */
interface ReadArchive {
  readonly entries: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
    /** ZIP's number of the compression; null for the formats without. */
    readonly method: number | null;
  }[];
  readonly manifest: string | null;
}

export interface Comparison {
  readonly peer?: ReadArchive;
  readonly ours: ReadArchive | null;
  /** What torch-model-archiver raised. */
  readonly error?: string;
  /** Why Python cannot read our archive. */
  readonly unreadable?: string;
}

/** torch-model-archiver in one Python process, on a folder of model files. */
export class Peer {
  private constructor(
    readonly modelFolder: string,
    private readonly temporary: string,
    private readonly worker: PythonWorker,
  ) {}

  private count = 0;

  static async start(): Promise<Peer> {
    const python = pythonEnvironment((line) => console.log(line));
    const temporary = await mkdtemp(path.join(tmpdir(), 'model-deck-parity-'));
    const modelFolder = path.join(temporary, 'model');
    // The archiver stages its copies in the temporary folder, under the model's name.
    const staging = path.join(temporary, 'staging');
    for (const folder of [modelFolder, staging, path.join(temporary, 'peer')]) await mkdir(folder);
    const env = { TMPDIR: staging, TEMP: staging, TMP: staging };
    return new Peer(modelFolder, temporary, new PythonWorker(python, script, { cwd: modelFolder, env }));
  }

  async stop(): Promise<void> {
    await this.worker.close();
    await rm(this.temporary, { recursive: true, force: true });
  }

  /** Packages with us and with the archiver from the arguments that mean the same. */
  async compare(spec: ModelSpec, change: Partial<ArchiverArguments> = {}): Promise<Comparison> {
    const outputFolder = path.join(this.temporary, `ours-${this.count++}`);
    const ours = await packageModel({ folder: this.modelFolder, spec, outputFolder });
    const compared = await this.ask({ ...this.argumentsOf(spec), ...change }, ours.path);
    await rm(outputFolder, { recursive: true });
    return compared;
  }

  /** The archiver alone. */
  alone(spec: ModelSpec): Promise<Comparison> {
    return this.ask(this.argumentsOf(spec), null);
  }

  private ask(args: ArchiverArguments, ours: string | null): Promise<Comparison> {
    return this.worker.ask<Comparison>({ arguments: args, ours });
  }

  private argumentsOf(spec: ModelSpec): ArchiverArguments {
    const extra = [...(spec.labels === undefined ? [] : [spec.labels]), ...(spec.extraFiles ?? [])];
    return {
      model_name: spec.name,
      version: spec.version,
      handler: spec.handler,
      serialized_file: spec.weights ?? null,
      model_file: spec.modelFile ?? null,
      extra_files: extra.length > 0 ? extra.join(',') : null,
      requirements_file: spec.requirements ?? null,
      config_file: spec.configFile ?? null,
      runtime: spec.runtime ?? 'python',
      archive_format: spec.archiveFormat ?? 'default',
      export_path: path.join(this.temporary, 'peer'),
    };
  }
}

/** The archiver's configuration, by its own names. */
interface ArchiverArguments {
  readonly model_name: string;
  readonly version: string;
  readonly handler: string;
  readonly serialized_file: string | null;
  readonly model_file: string | null;
  readonly extra_files: string | null;
  readonly requirements_file: string | null;
  readonly config_file: string | null;
  readonly runtime: string;
  readonly archive_format: string;
  readonly export_path: string;
}

/** Everything in which the two archives differ, a sentence each; the time in the manifest does not count. */
export function differences({ peer, ours, error, unreadable }: Comparison): string[] {
  if (unreadable !== undefined) return [`Python cannot read ours: ${unreadable}`];
  if (peer === undefined || ours === null) return [`torch-model-archiver failed: ${error}`];
  const found: string[] = [];
  const manifestName = 'MAR-INF/MANIFEST.json';
  const [their, own] = [peer, ours].map(({ manifest }) => manifest?.replace(createdOn, '"createdOn": "time"'));
  if (their === undefined || !their.includes('"createdOn": "time"')) found.push(`their manifest: ${peer.manifest}`);
  if (their !== own) found.push(`manifests: ${their} and ${own}`);
  const lines = ({ entries }: ReadArchive): string[] =>
    entries
      .map(({ name, size, sha256, method }) =>
        name === manifestName ? `${name} ${method}` : `${name} ${size} ${sha256} ${method}`,
      )
      .sort();
  const [theirs, owns] = [lines(peer), lines(ours)];
  found.push(...theirs.filter((line) => !owns.includes(line)).map((line) => `only theirs: ${line}`));
  found.push(...owns.filter((line) => !theirs.includes(line)).map((line) => `only ours: ${line}`));
  if (theirs.length !== owns.length) found.push(`${theirs.length} and ${owns.length} entries`);
  // A folder has no order of its own: it is read sorted by name, the same for both.
  for (const [whose, { entries }] of Object.entries({ theirs: peer, ours })) {
    const isOrdered = entries.some(({ method }) => method !== null);
    if (isOrdered && entries.at(-1)?.name !== manifestName) found.push(`the manifest is not last in ${whose}`);
  }
  return found;
}

const createdOn = /"createdOn": "\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d"/;
