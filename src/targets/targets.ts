import { Emitter } from '../foundation/emitter.ts';
import { ModelDeckError } from '../foundation/error.ts';
import { parseDeploymentRef } from './deploymentRef.ts';
import type { Target } from './target.ts';

/** A kind of target: which targets of it there are, and how one is found by its id. */
export interface TargetKind {
  /**
   * Targets that are there by themselves: each has a row of its own in the Clusters view, and is a choice of "Deploy Model…".
   * Left out for a kind whose targets have to be looked for.
   */
  standing?(): Promise<readonly Target[]>;
  /** Targets that were looked for and found so far. Contacts nobody. */
  opened?(): readonly Target[];
  /** The target of an id, opened when it has to be; undefined for the id of another kind. */
  of(targetId: string): Promise<Target> | undefined;
  /** Calls its listener when one was opened or closed, or its deployments changed. Returns the function that ends that. */
  onDidChange?(listener: () => void): () => void;
}

/** The kinds of targets that there are, in the order in which they are shown. */
export class Targets {
  private readonly kinds: TargetKind[] = [];
  private readonly changed = new Emitter();

  constructor(kinds: readonly TargetKind[] = []) {
    for (const kind of kinds) this.register(kind);
  }

  register(kind: TargetKind): void {
    this.kinds.push(kind);
    kind.onDidChange?.(() => this.changed.fire());
  }

  /** Those that are there by themselves. */
  async standing(): Promise<readonly Target[]> {
    return (await Promise.all(this.kinds.map(standingOf))).flat();
  }

  /** Those that are there by themselves, and those that were opened so far. Contacts nobody. */
  async known(): Promise<readonly Target[]> {
    const all = this.kinds.map(async (kind) => [...(await standingOf(kind)), ...(kind.opened?.() ?? [])]);
    return (await Promise.all(all)).flat();
  }

  /**
   * The target that an id names.
   * @throws ModelDeckError `not-found` for an id that no kind knows: another target must never be taken for it; what opening
   *   it throws
   */
  async of(targetId: string): Promise<Target> {
    for (const kind of this.kinds) {
      const target = kind.of(targetId);
      if (target) return target;
    }
    throw new ModelDeckError('not-found', `There is no place called ${targetId} where models are served.`, {
      remedy: 'Choose a deployment or target from the Clusters view.',
    });
  }

  /** The target that serves a deployment. @throws ModelDeckError as {@link of} */
  async ofDeployment(deploymentId: string): Promise<Target> {
    return this.of(parseDeploymentRef(deploymentId)?.targetId ?? deploymentId);
  }

  /** Calls its listener when a target was opened or closed, or deployments changed. Returns the function that ends that. */
  onDidChange(listener: () => void): () => void {
    return this.changed.on(listener);
  }
}

async function standingOf(kind: TargetKind): Promise<readonly Target[]> {
  return (await kind.standing?.()) ?? [];
}

/** The kind of one target that is always there. @param target made at its first use */
export function standingTarget(
  id: string,
  target: () => Promise<Target>,
  onDidChange: TargetKind['onDidChange'] = () => () => undefined,
): TargetKind {
  return {
    standing: async () => [await target()],
    of: (targetId) => (targetId === id ? target() : undefined),
    onDidChange,
  };
}

/** The error for what a target cannot do. @param doing for example `be stopped` */
export function cannot(target: Pick<Target, 'label'>, doing: string): ModelDeckError {
  return new ModelDeckError('unsupported', `What ${target.label} serves cannot ${doing}.`);
}
