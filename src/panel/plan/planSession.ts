import { ModelDeckError } from '../../foundation/error.ts';
import type { DeployPlan, PlannedObject } from '../../targets/target.ts';
import {
  longestManifest,
  mostObjects,
  mostSentences,
  type FindingView,
  type ObjectView,
  type PlanState,
  type PlanStatus,
  type PlanView,
} from '../messages/planMessages.ts';
import { longestSentence } from '../messages/shownFailure.ts';
import { clip, describeFailure } from '../showFailure.ts';

/** What the user made of a plan. */
export interface PlanEdit {
  /** The InferenceService as the user edited it, in YAML; left out while it was not edited. */
  readonly manifest?: string;
  /** Take fields that others manage. */
  readonly force: boolean;
}

/** The plan that the user agreed to. */
export interface AgreedPlan extends PlanEdit {
  readonly planRevision?: string;
}

export interface MadePlan extends DeployPlan {
  /** One sentence for each runtime that will not serve it. */
  readonly others: readonly string[];
}

/** What the session needs done. Given by the page's host, so that the session knows neither VS Code nor a cluster. */
export interface PlanWork {
  /** What is wrong in the text, found without asking the cluster. */
  readonly check: (manifest: string) => Promise<readonly FindingView[]>;
  readonly plan: (edit: PlanEdit, signal: AbortSignal) => Promise<MadePlan>;
  /** The manifest without these fields, so that they stay with whoever manages them. */
  readonly withoutFields: (manifest: string, fields: readonly string[]) => Promise<string>;
  /** Called after each change of {@link PlanSession.state}. */
  readonly onChange: () => void;
  readonly onError: (doing: string, error: unknown) => void;
}

export interface PlanSessionOptions {
  readonly title: string;
  readonly target: string;
  /** Name of the InferenceService that can be edited. */
  readonly name: string;
  /** Milliseconds without a key press after which an edited manifest is planned. */
  readonly quietMs?: number;
}

/** A plan that follows the user's edits: plain data and one planning at a time, the newest wins. */
export class PlanSession {
  private text = '';
  private revision = 0;
  private isEdited = false;
  private findings: readonly FindingView[] = [];
  private choice: PlanState['conflictChoice'];
  private plan: MadePlan | undefined;
  private status: PlanStatus = { state: 'planning' };
  private running: AbortController | undefined;
  private quiet: NodeJS.Timeout | undefined;

  constructor(
    private readonly work: PlanWork,
    private readonly options: PlanSessionOptions,
  ) {}

  state(): PlanState {
    const { title, target } = this.options;
    return {
      title: clip(title, 300),
      target: clip(target, 300),
      status: this.status,
      manifest: {
        text: clip(this.text, longestManifest),
        revision: this.revision,
        isEdited: this.isEdited,
        findings: this.findings.slice(0, mostSentences).map((finding) => ({
          ...finding,
          message: clip(finding.message, longestSentence),
        })),
      },
      ...(this.plan && { plan: planView(this.plan, this.options.name) }),
      ...(this.choice !== undefined && { conflictChoice: this.choice }),
    };
  }

  /** The objects of the newest plan. */
  objects(): readonly PlannedObject[] {
    return this.plan?.objects ?? [];
  }

  manifest(): string {
    return this.text;
  }

  /** Plans, now. A planning that still runs is given up. */
  async planNow(): Promise<void> {
    clearTimeout(this.quiet);
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    this.become({ state: 'planning' });
    let status: PlanStatus;
    try {
      status = await this.planned(running.signal);
    } catch (error) {
      status = { state: 'failed', failure: describeFailure(error) };
      const isCancelled = running.signal.aborted || (ModelDeckError.is(error) && error.category === 'cancelled');
      if (!isCancelled) this.work.onError('plan the deployment', error);
    }
    if (this.running !== running) return;
    this.running = undefined;
    this.become(status);
  }

  /** The user types: planned after a pause. */
  edit(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.isEdited = true;
    clearTimeout(this.quiet);
    this.running?.abort();
    this.running = undefined;
    this.quiet = setTimeout(() => void this.planNow(), this.options.quietMs ?? 500);
    // What is shown is no longer what would be deployed.
    this.become({ state: 'planning' });
  }

  /** The text was edited elsewhere, in a document. */
  replace(text: string): void {
    if (text === this.text || text.length > longestManifest) return;
    this.text = text;
    this.revision += 1;
    this.isEdited = true;
    void this.planNow();
  }

  reset(): void {
    this.isEdited = false;
    this.choice = undefined;
    void this.planNow();
  }

  /** Takes the fields that others manage, or leaves them: then they go out of the manifest. */
  async decideConflicts(choice: 'take' | 'leave'): Promise<void> {
    this.choice = choice;
    const fields = this.objects().flatMap(({ conflicts = [] }) => conflicts.map(({ field }) => field));
    if (choice === 'leave' && fields.length > 0) {
      this.text = await this.work.withoutFields(this.text, fields);
      this.revision += 1;
      this.isEdited = true;
    }
    await this.planNow();
  }

  /** What to deploy; nothing while the newest plan does not allow it. */
  agreed(): AgreedPlan | undefined {
    if (this.status.state !== 'planned' || !this.status.canDeploy) return undefined;
    return {
      ...this.current(),
      ...(this.plan?.planRevision !== undefined && { planRevision: this.plan.planRevision }),
    };
  }

  dispose(): void {
    clearTimeout(this.quiet);
    this.running?.abort();
    this.running = undefined;
  }

  private current(): PlanEdit {
    return { force: this.choice === 'take', ...(this.isEdited && { manifest: this.text }) };
  }

  private async planned(signal: AbortSignal): Promise<PlanStatus> {
    const text = this.text;
    const findings = this.isEdited ? await this.work.check(text) : [];
    if (signal.aborted) throw ModelDeckError.cancelled();
    this.findings = findings;
    const error = findings.find(({ severity }) => severity === 'error');
    if (error) {
      const reason = `Line ${error.line + 1}: ${error.message}`;
      return { state: 'failed', failure: { reason: clip(reason, longestSentence) } };
    }
    const plan = await this.work.plan(this.current(), signal);
    if (signal.aborted) throw ModelDeckError.cancelled();
    this.plan = plan;
    if (!this.isEdited) this.showPlanned(plan);
    return verdict(plan, this.choice);
  }

  private showPlanned(plan: MadePlan): void {
    const text = plan.objects?.find((object) => isManifestOf(object, this.options.name))?.yaml ?? '';
    if (text === this.text) return;
    this.text = text;
    this.revision += 1;
  }

  private become(status: PlanStatus): void {
    this.status = status;
    this.work.onChange();
  }
}

function verdict({ objects = [] }: DeployPlan, choice: PlanState['conflictChoice']): PlanStatus {
  const planned = (canDeploy: boolean, words: string): PlanStatus => ({
    state: 'planned',
    canDeploy,
    verdict: clip(words, longestSentence),
  });
  const refused = objects.find(({ dryRun }) => !dryRun.ok);
  if (refused) return planned(false, `The cluster would not take ${refused.kind} ${refused.name}.`);
  const isContested = objects.some(({ conflicts = [] }) => conflicts.length > 0);
  if (isContested && choice !== 'take') return planned(false, 'Decide first about the fields that others manage.');
  if (objects.every(({ action }) => action === 'unchanged')) return planned(true, 'The cluster has all of it already.');
  return planned(true, 'The cluster would take it: every object was checked by a dry run.');
}

function planView(plan: MadePlan, name: string): PlanView {
  return {
    runtime: clip(plan.runtime, 300),
    reason: clip(plan.reason, longestSentence),
    others: sentences(plan.others),
    warnings: sentences(plan.warnings),
    objects: (plan.objects ?? []).slice(0, mostObjects).map((object) => objectView(object, name)),
  };
}

function objectView(object: PlannedObject, editedName: string): ObjectView {
  const { kind, name, namespace, action, yaml, liveYaml, dryRun, removes = [], conflicts = [] } = object;
  return {
    kind: clip(kind, 300),
    name: clip(name, 300),
    namespace: clip(namespace, 300),
    action,
    isEdited: isManifestOf(object, editedName),
    yaml: clip(yaml, longestManifest),
    hasLive: liveYaml !== undefined,
    removes: removes.slice(0, mostSentences).map((field) => clip(field, 300)),
    ...(!dryRun.ok && {
      refusal: {
        reason: clip(dryRun.reason, longestSentence),
        ...(dryRun.remedy !== undefined && { remedy: clip(dryRun.remedy, longestSentence) }),
      },
    }),
    conflicts: conflicts.slice(0, mostSentences).map(({ manager, field }) => ({
      manager: clip(manager, 300),
      field: clip(field, 300),
    })),
  };
}

function isManifestOf({ kind, name }: PlannedObject, edited: string): boolean {
  return kind === 'InferenceService' && name === edited;
}

function sentences(all: readonly string[]): readonly string[] {
  return all.slice(0, mostSentences).map((sentence) => clip(sentence, longestSentence));
}
