import type { Deployment, Target } from '../../targets/target.ts';
import type { Targets } from '../../targets/targets.ts';
import type { EndpointChoice } from '../messages/classifyState.ts';

/** The targets that there are, and that the user has opened. Asking for them contacts nobody. */
export type TargetSource = Pick<Targets, 'known' | 'onDidChange'>;

/**
 * The deployments of all targets, kept up to date from {@link start} to {@link stop}. Clusters are followed only while
 * somebody looks.
 */
export class TargetList {
  private targets: readonly Target[] = [];
  private readonly subscriptions = new Map<Target, () => void>();
  private readonly follows = new Map<Target, () => void>();
  private ends: (() => void) | undefined;
  private isWatched = false;

  constructor(
    private readonly source: TargetSource,
    private readonly onChange: () => void,
  ) {}

  async start(): Promise<void> {
    this.ends ??= this.source.onDidChange(() => void this.read().catch(() => undefined));
    await this.read();
  }

  /** Whether what the clusters do is seen by somebody. */
  watch(isWatched: boolean): void {
    this.isWatched = isWatched;
    this.follow();
  }

  /** The ready ones of each target first, then by name; what is near before what is remote. */
  endpoints(): readonly EndpointChoice[] {
    const distance = ({ isRemote }: Target): number => (isRemote ? 1 : 0);
    return this.targets
      .toSorted((a, b) => distance(a) - distance(b) || compareText(a.label, b.label))
      .flatMap(choicesOf);
  }

  targetOf(deploymentId: string): Target | undefined {
    return this.targets.find((target) => target.deployments().some(({ id }) => id === deploymentId));
  }

  stop(): void {
    this.ends?.();
    this.ends = undefined;
    this.take([]);
  }

  private async read(): Promise<void> {
    const targets = await this.source.known();
    // Was stopped meanwhile.
    if (!this.ends) return;
    this.take(targets);
    this.onChange();
  }

  private take(targets: readonly Target[]): void {
    this.targets = targets;
    for (const [target, end] of this.subscriptions) {
      if (targets.includes(target)) continue;
      end();
      this.subscriptions.delete(target);
    }
    for (const target of targets) {
      if (!this.subscriptions.has(target)) this.subscriptions.set(target, target.onDidChangeDeployments(this.onChange));
    }
    this.follow();
  }

  private follow(): void {
    const wanted = this.isWatched ? this.targets : [];
    for (const [target, end] of this.follows) {
      if (wanted.includes(target)) continue;
      end();
      this.follows.delete(target);
    }
    for (const target of wanted) {
      const end = this.follows.has(target) ? undefined : target.follow?.();
      if (end) this.follows.set(target, end);
    }
  }
}

function choicesOf(target: Target): readonly EndpointChoice[] {
  return target
    .deployments()
    .toSorted((a, b) => rank(a) - rank(b) || compareText(a.name, b.name))
    .map(({ id, name, state, reason }) => ({
      id,
      label: name,
      targetLabel: target.label,
      state,
      ...(reason !== undefined && { reason }),
      ...(target.isRemote && { isRemote: true }),
    }));
}

function rank({ state }: Deployment): number {
  return { ready: 0, starting: 1, failed: 2, stopped: 3 }[state];
}

/** Made once: a namespace may have thousands of services to sort. */
const collator = new Intl.Collator(undefined, { numeric: true });

function compareText(a: string, b: string): number {
  return collator.compare(a, b);
}
