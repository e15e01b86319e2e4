import { randomBytes } from 'node:crypto';
import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import { formatPvcUri } from '../../kserve/index.ts';
import type { ModelPackage } from '../../packaging/modelPackage.ts';
import { foreignModel } from '../foreignModel.ts';
import type { StoredModel, UploadedModel, UploadStep, WritableStore } from '../modelStore.ts';
import { storedModel, type StoreRecord } from '../storeRecord.ts';
import { byNameAndVersion, checkFolderNames, checkPackageFiles } from '../versionFolder.ts';
import { readList } from './claimAnswers.ts';
import { checkClaimStays } from './claim.ts';
import type { ClaimPlace, UploadResources } from './claimPlace.ts';
import { formatClaimRef, parseClaimRef } from './claimRef.ts';
import { clusterImage } from './clusterImage.ts';
import { usualPace, type Pace } from './pace.ts';
import { listScript, removeScript } from './scripts.ts';
import { uploadPackage } from './uploadPackage.ts';
import { UploadPod } from './uploadPod.ts';

export interface ClaimStoreOptions {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  /** Name of the PersistentVolumeClaim. */
  readonly claim: string;
  /** Image of the upload pod; the cluster's own storage-initializer image when left out. */
  readonly image?: string | undefined;
  /** User and group of the upload pod, 1000 when left out, as KServe's runtimes have; `null` lets the cluster choose. */
  readonly uid?: number | null | undefined;
  /** Of the upload pod, where a LimitRange or a quota wants others. */
  readonly resources?: UploadResources | undefined;
  /** For tests, which are in a hurry. */
  readonly pace?: Partial<Pace>;
}

/** The user that the TorchServe image runs as. */
const usualUid = 1000;

/**
 * A store in a PersistentVolumeClaim, reached through a pod that is there only while it is needed.
 */
export class ClaimStore implements WritableStore {
  readonly id: string;
  readonly label: string;
  private readonly connection: ClusterConnection;
  private readonly place: ClaimPlace;
  private readonly pace: Pace;
  private readonly pod: UploadPod;

  constructor(options: ClaimStoreOptions) {
    const { connection, namespace, claim, image, uid = usualUid, resources } = options;
    const context = connection.context.name;
    this.connection = connection;
    this.id = formatClaimRef({ context, namespace, claim });
    this.label = `${claim} (${namespace})`;
    this.place = { context, namespace, claim, uid: uid ?? undefined };
    this.pace = { ...usualPace, ...options.pace };
    this.pod = new UploadPod({
      connection,
      place: this.place,
      image: (task) =>
        image === undefined || image === '' ? clusterImage(connection, this.place, task) : Promise.resolve(image),
      resources,
      pace: this.pace,
    });
  }

  locate(name: string, version: string): string {
    return formatPvcUri(this.place.claim, `${name}/${version}`);
  }

  list(task: Task = {}): Promise<readonly StoredModel[]> {
    return this.pod.use({ writes: false }, task, async (shell) => {
      const call = { doing: 'list its models', signal: task.signal, silenceMs: this.pace.silence };
      const { stdout } = await shell.run(listScript, [], call);
      return byNameAndVersion(readList(stdout).map((record) => this.stored(record)));
    });
  }

  async put(made: ModelPackage, task: Task<UploadStep> = {}): Promise<UploadedModel> {
    checkFolderNames(made);
    checkPackageFiles(made.files);
    const bytes = made.files.reduce((sum, { size }) => sum + size, 0);
    return this.pod.use({ writes: true, bytes }, { signal: task.signal }, async (shell) => {
      task.onProgress?.({ step: 'start-upload-pod' });
      const { record, isNew } = await uploadPackage(made, shell, this.pace, task);
      await checkClaimStays(this.connection, this.place, { signal: task.signal });
      return { ...this.stored(record), isNew };
    });
  }

  async remove(model: StoredModel, task: Task = {}): Promise<void> {
    const { name, version } = model;
    const owner = parseClaimRef(model.storeId);
    if (owner === undefined || formatClaimRef(owner) !== this.id) throw foreignModel(model, this);
    checkFolderNames(model);
    await this.pod.use({ writes: true }, task, async (shell) => {
      const doomed = `.${version}.${randomBytes(4).toString('hex')}.removed`;
      const call = { doing: `remove ${name} ${version}`, signal: task.signal, silenceMs: this.pace.silence };
      const { stdout } = await shell.run(removeScript, [name, version, doomed], call);
      if (stdout.startsWith('removed')) return;
      throw new ModelDeckError('not-found', `The claim "${this.place.claim}" has no ${name} ${version}.`, {
        remedy: 'Refresh the list of its models.',
      });
    });
  }

  private stored(record: StoreRecord): StoredModel {
    return storedModel(record, { storeId: this.id, storageUri: this.locate(record.name, record.version) });
  }
}
