import type { Task } from '../../../foundation/task.ts';
import { provenanceAnnotations, readProvenance } from '../../../kserve/index.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { DeployStep } from '../../target.ts';
import { type Journal } from '../serve/applyDeployment.ts';
import type { EarlierVersion, VersionManifest } from '../../../kserve/earlierVersions.ts';
import { ownedFields, united } from '../plan/ownedFields.ts';
import type { Place } from '../place.ts';
import { applyAndServe, type Served } from '../serve/serveService.ts';
import { takeBack } from './restoreBefore.ts';

/**
 * Serves an earlier version again, with all that it was deployed with; where only its place is known, with everything else
 * as it is now. The present one keeps answering until that one is ready, and stays when it is not.
 */
export async function rollBackTo(
  place: Place,
  name: string,
  version: EarlierVersion,
  task: Task<DeployStep>,
): Promise<Served> {
  const journal: Journal = { name };
  try {
    if (!version.manifest) place.log(`${name}: of version ${version.version} only the place of the model is known.`);
    const wanted = (live: InferenceService | undefined): InferenceService =>
      version.manifest ? asItWas(place, name, version.manifest) : earlier(place, name, live, version);
    return await applyAndServe(place, { wanted, force: true }, journal, task);
  } catch (error) {
    task.onProgress?.({ step: 'undo' });
    await takeBack(place, journal, {});
    throw error;
  }
}

function asItWas({ namespace }: Place, name: string, { spec, ...metadata }: VersionManifest): InferenceService {
  const { group, version, kind } = inferenceServices;
  return { apiVersion: `${group}/${version}`, kind, metadata: { name, namespace, ...metadata }, spec };
}

function earlier(
  place: Place,
  name: string,
  live: InferenceService | undefined,
  { version, storageUri, sha256 }: EarlierVersion,
): InferenceService {
  const owned = live ? ownedFields(live) : { metadata: { name, namespace: place.namespace } };
  // What is known of the present version's weights and origin is not known of that one's.
  const own = provenanceAnnotations(live ? readProvenance(live) : {});
  const others = Object.entries(owned.metadata.annotations ?? {}).filter(([key]) => !(key in own));
  const annotations = {
    ...Object.fromEntries(others),
    ...provenanceAnnotations({
      modelName: live && readProvenance(live).modelName,
      modelVersion: version,
      archiveSha256: sha256,
      extensionVersion: place.extensionVersion,
    }),
  };
  const manifest = { ...owned, metadata: { ...owned.metadata, annotations } };
  return united(manifest, { spec: { predictor: { model: { storageUri } } } }) as InferenceService;
}
