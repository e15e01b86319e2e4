import { openLiveList, type LiveList } from '../../cluster/index.ts';
import { Emitter } from '../../foundation/emitter.ts';
import {
  kserveLabels,
  podHealth,
  serviceSummary,
  withPodHealth,
  type PodHealth,
  type ServiceSummary,
} from '../../kserve/index.ts';
import { pods } from '../../kserve/resources/core.ts';
import { inferenceServices, type InferenceService } from '../../kserve/resources/inferenceService.ts';
import type { Deployment } from '../target.ts';
import { deploymentId, refOf, type Place } from './place.ts';
import { formatNamespaceRef } from './serviceRef.ts';

/** What is known of the InferenceServices of a namespace: followed while somebody looks, else as it was seen last. */
export class ServiceRows {
  private known = new Map<string, ServiceSummary>();
  /** Causes that were found for what KServe calls starting or failed; kept until it is ready. */
  private readonly causes = new Map<string, string>();
  private readonly changed = new Emitter();
  private followed: LiveList<ServiceSummary> | undefined;
  /** Of all services: KServe calls one ready while its pods crash. Who may not read pods believes KServe. */
  private followedPods: LiveList<PodHealth | undefined> | undefined;
  private followers = 0;

  constructor(private readonly place: Place) {}

  onDidChange(listener: () => void): () => void {
    return this.changed.on(listener);
  }

  /** @returns the function that ends it; the watch ends with the last follower */
  follow(): () => void {
    this.followers += 1;
    this.followed ??= this.openList();
    this.followedPods ??= this.openPods();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.followers -= 1;
      if (this.followers === 0) this.unfollow();
    };
  }

  deployments(): readonly Deployment[] {
    return [...this.rows().values()].map((row) => this.describe(row));
  }

  /** What a command has just read or done. */
  note(service: InferenceService): Deployment {
    const row = serviceSummary(service);
    if (!this.followed) this.known.set(row.name, row);
    if (row.state === 'ready') this.causes.delete(row.name);
    this.notify();
    return this.describe(row);
  }

  forget(name: string): void {
    this.known.delete(name);
    this.causes.delete(name);
    this.notify();
  }

  explain(name: string, cause: string | undefined): void {
    if (cause === undefined) this.causes.delete(name);
    else this.causes.set(name, cause);
    this.notify();
  }

  close(): void {
    this.followers = 0;
    this.unfollow();
    this.changed.clear();
  }

  private openList(): LiveList<ServiceSummary> {
    const { connection, namespace } = this.place;
    const list = openLiveList(connection, inferenceServices, { namespace }, serviceSummary);
    list.onDidChange(() => {
      for (const { name, state } of list.state().rows.values()) if (state === 'ready') this.causes.delete(name);
      this.notify();
    });
    return list;
  }

  private openPods(): LiveList<PodHealth | undefined> {
    const { connection, namespace } = this.place;
    const query = { namespace, labelSelector: kserveLabels.inferenceService };
    const list = openLiveList(connection, pods, query, podHealth);
    list.onDidChange(() => this.notify());
    return list;
  }

  private unfollow(): void {
    if (!this.followed) return;
    // What was known before stays where the list has not come yet.
    this.known = new Map([...this.rows().values()].map((row) => [row.name, row]));
    this.followedPods?.close();
    this.followedPods = undefined;
    this.followed.close();
    this.followed = undefined;
  }

  private rows(): ReadonlyMap<string, ServiceSummary> {
    const state = this.followed?.state();
    if (!state || state.phase === 'loading') return this.known;
    const byService = new Map<string, PodHealth[]>();
    for (const pod of this.podsSeen()) byService.set(pod.service, [...(byService.get(pod.service) ?? []), pod]);
    const rows = [...state.rows].map(([key, row]) => [key, withPodHealth(row, byService.get(row.name) ?? [])] as const);
    return new Map(rows);
  }

  private podsSeen(): readonly PodHealth[] {
    return [...(this.followedPods?.state().rows.values() ?? [])].filter((pod) => pod !== undefined);
  }

  private describe(row: ServiceSummary): Deployment {
    const cause = this.causes.get(row.name);
    const isExplained = cause !== undefined && (row.state === 'starting' || row.state === 'failed');
    const reason = isExplained ? cause : row.reason;
    return {
      id: deploymentId(this.place, row.name),
      name: row.name,
      targetId: formatNamespaceRef(refOf(this.place)),
      state: isExplained ? 'failed' : row.state === 'deleting' ? 'stopped' : row.state,
      ...(reason !== '' && { reason }),
      model: {
        name: row.modelName ?? row.name,
        storageUri: row.storageUri ?? '',
        ...(row.version !== undefined && { version: row.version }),
        ...(row.sha256 !== undefined && { sha256: row.sha256 }),
        ...(row.otherPlaces && { otherPlaces: row.otherPlaces }),
      },
      runtime: row.runtime ?? '',
      protocol: row.protocol === 'v2' ? 'v2' : 'v1',
      ...(row.state === 'ready' && row.url !== undefined && { url: row.url }),
    };
  }

  private notify(): void {
    this.changed.fire();
  }
}
