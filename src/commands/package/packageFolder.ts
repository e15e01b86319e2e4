import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { sha256OfFile } from '../../foundation/sha256OfFile.ts';
import type { Task } from '../../foundation/task.ts';
import type * as packaging from '../../packaging/index.ts';
import type { CheckRequest, PackageKind, PackageStep } from '../../packaging/kinds/packageKind.ts';
import type { Vendoring } from '../../packaging/kinds/vendoring.ts';
import type { ModelPackage } from '../../packaging/modelPackage.ts';
import type { DetectedWeights, Detection, Finding } from '../../packaging/read/detection.ts';
import { modelSpecFileName, type ModelSpec } from '../../packaging/spec/modelSpec.ts';
import { exampleFindings, type ExampleAnswer } from './examples.ts';
import { usableWeights, type AskedExtent } from './packageQuestions.ts';
import { nothingToPackage, refusalOf } from './refusals.ts';

export type PackageFolderStep = PackageStep | 'find-weights' | 'check-examples';

/** A folder that was packaged. */
export interface PackagedFolder {
  readonly modelPackage: ModelPackage;
  readonly spec: ModelSpec;
  /** Absolute path of its model-deck.yaml; missing where the folder cannot be written to. */
  readonly specFile?: string;
}

/** A folder whose spec is known, and that can be packaged. */
export interface PreparedFolder {
  readonly folder: string;
  readonly spec: ModelSpec;
  readonly vendoring: Vendoring | undefined;
  /** What a kind would say to it; nothing is written or shown. */
  check(kind: PackageKind, task: Task): Promise<readonly Finding[]>;
  /**
   * Checks it, and writes spec and package.
   * @param kind of the package; that of the spec when left out
   * @throws ModelDeckError with what stands in the way; `cancelled`
   */
  package(kind?: string): Promise<PackagedFolder>;
}

/** A spec names weights that are not in the folder, and there are others. */
export interface MissingWeights {
  readonly folder: string;
  /** As the spec names them. */
  readonly missing: string;
  readonly others: readonly DetectedWeights[];
  /** Path of the one of `others` that is the missing file under another name, by its sha256. */
  readonly same?: string;
}

/** What packaging needs of the window: questions, and where to show what was found. */
export interface PackagingWindow {
  detect(folder: string): Promise<Detection>;
  /** The text of a spec as it stands in the editor, saved or not. */
  specText(file: string): Promise<string>;
  /** Writes it, also into an open editor. @throws ModelDeckError `permission` where the place is read-only */
  writeSpecText(file: string, text: string): Promise<void>;
  /** The wizard. @throws ModelDeckError `cancelled` */
  askForSpec(detection: Detection, suggestion: ModelSpec, extent: AskedExtent): Promise<ModelSpec>;
  /** Which weights are meant instead. @throws ModelDeckError `cancelled` */
  chooseWeights(question: MissingWeights): Promise<string>;
  /** Where a package goes when its own place cannot be written to. @throws ModelDeckError `cancelled` */
  chooseOutput(folder: string, refused: string): Promise<string>;
  outputFolder(folder: string): string;
  /** Where the ONNX Runtime of an archive comes from, by the settings; undefined where an archive gets none. */
  vendoring(folder: string): Vendoring | undefined;
  show(folder: string, findings: readonly Finding[]): void;
  /** The answers for the examples of a spec; undefined for models that are not computed here. */
  examples(folder: string, spec: ModelSpec, task: Task): Promise<readonly ExampleAnswer[] | undefined>;
  withProgress<T>(title: string, work: (task: Task<PackageFolderStep>) => Promise<T>): Promise<T>;
}

type Packaging = Pick<typeof packaging, 'packageKinds' | 'parseSpec' | 'formatSpec' | 'withOtherWeights'>;

/** A spec with its text, as it is, or is to be, in model-deck.yaml. */
interface Draft {
  readonly spec: ModelSpec;
  readonly text: string;
  /** Whether the file has another text, or is not there. */
  readonly isChanged: boolean;
  /** Whether the file is there, so that findings can point into it. */
  readonly isThere: boolean;
}

/**
 * Packages folders: asks for a spec where there is none, checks it, and only then writes the spec and the package.
 *
 * Answers are kept until they are written, so that a check that fails costs no answer; those of a folder that is read-only
 * are kept for as long as this object lives.
 */
export class FolderPackaging {
  private readonly unwritten = new Map<string, ModelSpec>();
  private readonly readOnly = new Map<string, { readonly spec: ModelSpec; readonly output?: string }>();

  constructor(
    private readonly packaging: () => Promise<Packaging>,
    private readonly window: PackagingWindow,
  ) {}

  /** @param folder absolute @throws ModelDeckError with what stands in the way; `cancelled` */
  async run(folder: string, extent: AskedExtent = 'choose'): Promise<PackagedFolder> {
    return (await this.prepare(folder, extent)).package();
  }

  /** Finds or asks what the folder is to become. @throws ModelDeckError where there is nothing to package; `cancelled` */
  async prepare(folder: string, extent: AskedExtent = 'choose'): Promise<PreparedFolder> {
    const engine = await this.packaging();
    const specFile = path.join(folder, modelSpecFileName);
    const detection = await this.window.detect(folder);
    const draft =
      detection.specFile === undefined
        ? await this.newDraft(engine, detection, extent)
        : await this.writtenDraft(engine, detection, specFile);
    const { spec } = draft;
    return {
      folder,
      spec,
      vendoring: this.window.vendoring(folder),
      check: (kind, task) => kind.check({ folder, spec, ...placeOf(draft, specFile) }, task),
      package: (kind) => this.package(engine, kind, folder, draft, specFile),
    };
  }

  private async package(
    engine: Packaging,
    wanted: string | undefined,
    folder: string,
    draft: Draft,
    specFile: string,
  ): Promise<PackagedFolder> {
    const kind = wanted === undefined ? engine.packageKinds.ofSpec(draft.spec) : engine.packageKinds.of(wanted);
    await this.window.withProgress(`Packaging ${draft.spec.name}`, (task) =>
      this.check(kind, folder, draft, specFile, task),
    );
    const isKept = await this.keep(folder, specFile, draft);
    const modelPackage = await this.write(kind, folder, draft.spec);
    if (!isKept) return { modelPackage, spec: draft.spec };
    if (draft.isThere || modelPackage.weightsSha256 === undefined) return { modelPackage, spec: draft.spec, specFile };
    // The first packaging has read the weights: from now on the spec says which ones it means.
    const provenance = { ...draft.spec.provenance, sha256: modelPackage.weightsSha256 };
    const spec = { ...draft.spec, provenance };
    await this.window.writeSpecText(specFile, engine.formatSpec(spec));
    return { modelPackage, spec, specFile };
  }

  private async newDraft({ formatSpec }: Packaging, detection: Detection, extent: AskedExtent): Promise<Draft> {
    const { folder, suggestion } = detection;
    const known = this.readOnly.get(folder)?.spec;
    if (known !== undefined) return { spec: known, text: formatSpec(known), isChanged: true, isThere: false };
    if (suggestion === undefined) throw nothingToPackage(detection);
    const former = this.unwritten.get(folder);
    const isFormer = former !== undefined && detection.weights.some((weights) => weights.path === former.weights);
    const spec = await this.window.askForSpec(detection, isFormer ? former : suggestion, extent);
    this.unwritten.set(folder, spec);
    return { spec, text: formatSpec(spec), isChanged: true, isThere: false };
  }

  private async writtenDraft(engine: Packaging, detection: Detection, specFile: string): Promise<Draft> {
    const { folder } = detection;
    const text = await this.window.specText(specFile);
    const spec = this.parsed(engine, folder, specFile, text);
    const weights = await this.otherWeights(detection, spec);
    if (weights === undefined) return { spec, text, isChanged: false, isThere: true };
    const changed = engine.withOtherWeights(text, spec, weights);
    const parsed = this.parsed(engine, folder, specFile, changed);
    return { spec: parsed, text: changed, isChanged: true, isThere: true };
  }

  private parsed({ parseSpec }: Packaging, folder: string, specFile: string, text: string): ModelSpec {
    const { spec, findings } = parseSpec(text, specFile);
    this.window.show(folder, findings);
    const refusal = refusalOf(folder, findings);
    if (refusal !== undefined) throw refusal;
    if (spec === undefined) throw new ModelDeckError('internal', `${specFile} could not be read.`);
    return spec;
  }

  /** Weights instead of those that are not there any more; undefined where they are, or nothing else is. */
  private async otherWeights(
    detection: Detection,
    { weights: missing, provenance }: ModelSpec,
  ): Promise<{ readonly weights: string; readonly sha256?: string } | undefined> {
    const { folder } = detection;
    if (missing === undefined || detection.weights.some(({ path: file }) => file === path.posix.normalize(missing)))
      return undefined;
    const others = usableWeights(detection);
    if (others.length === 0) return undefined;
    const expected = provenance?.sha256?.toLowerCase();
    if (expected === undefined) return { weights: await this.window.chooseWeights({ folder, missing, others }) };
    const hashes = await this.window.withProgress(`Packaging ${path.basename(folder)}`, async (task) => {
      task.onProgress?.({ step: 'find-weights' });
      const known = new Map<string, string>();
      for (const { path: file } of others) known.set(file, await hashOf(path.join(folder, file), quietly(task)));
      return known;
    });
    const same = others.find(({ path: file }) => hashes.get(file) === expected)?.path;
    const question = { folder, missing, others, ...(same !== undefined && { same }) };
    const weights = await this.window.chooseWeights(question);
    return { weights, sha256: hashes.get(weights) ?? expected };
  }

  private async check(
    kind: PackageKind,
    folder: string,
    draft: Draft,
    specFile: string,
    task: Task<PackageFolderStep>,
  ): Promise<void> {
    const { spec, text, isThere } = draft;
    task.onProgress?.({ step: 'check' });
    const quiet = quietly(task);
    const checked = await kind.check({ folder, spec, ...placeOf(draft, specFile) }, quiet);
    const isSound = checked.every(({ severity }) => severity !== 'error');
    const findings = [...checked];
    if (isSound && spec.examples !== undefined) {
      task.onProgress?.({ step: 'check-examples' });
      const answers = (await this.window.examples(folder, spec, quiet)) ?? [];
      findings.push(...exampleFindings(answers, isThere ? { path: specFile, text } : undefined));
    }
    this.window.show(folder, findings);
    const refusal = refusalOf(folder, findings);
    if (refusal !== undefined) throw refusal;
  }

  /** Writes the spec. @returns whether the folder takes it */
  private async keep(folder: string, specFile: string, { spec, text, isChanged, isThere }: Draft): Promise<boolean> {
    if (!isChanged) return true;
    try {
      await this.window.writeSpecText(specFile, text);
      this.unwritten.delete(folder);
      this.readOnly.delete(folder);
      return true;
    } catch (error) {
      if (!isPermission(error)) throw error;
      if (!isThere) this.readOnly.set(folder, { ...this.readOnly.get(folder), spec });
      return isThere;
    }
  }

  private async write(kind: PackageKind, folder: string, spec: ModelSpec): Promise<ModelPackage> {
    const vendoring = this.window.vendoring(folder);
    const to = (outputFolder: string, force: boolean): Promise<ModelPackage> =>
      this.window.withProgress(`Packaging ${spec.name}`, (task) =>
        kind.write({ folder, spec, outputFolder, force, ...(vendoring && { vendoring }) }, task),
      );
    const known = this.readOnly.get(folder)?.output;
    const usual = known ?? this.window.outputFolder(folder);
    try {
      return await to(usual, true);
    } catch (error) {
      if (!isPermission(error)) throw error;
      const output = await this.window.chooseOutput(folder, usual);
      // What lies there is not known to be a package of this folder.
      const modelPackage = await to(output, false);
      this.readOnly.set(folder, { spec, output });
      return modelPackage;
    }
  }
}

/** Where findings point to. */
function placeOf({ text, isThere }: Draft, specFile: string): Pick<CheckRequest, 'specFile' | 'specText'> {
  return isThere ? { specFile, specText: text } : {};
}

/** The same task without its progress. */
function quietly({ signal }: Task<PackageFolderStep>): Task {
  return signal ? { signal } : {};
}

function isPermission(error: unknown): boolean {
  return ModelDeckError.is(error) && error.category === 'permission';
}

async function hashOf(file: string, task: Task): Promise<string> {
  try {
    return await sha256OfFile(file, task);
  } catch (error) {
    throw fileError(error, 'read the weights', file);
  }
}
