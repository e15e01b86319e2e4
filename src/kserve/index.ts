/** What KServe is, as pure functions: its names and objects, how it chooses runtimes, what its states mean, its protocols. */
export {
  isOwnAnnotation,
  isStopRequested,
  kserveAnnotations,
  kserveLabels,
  modelDeckAnnotations,
  modelDeckLabels,
  provenanceAnnotations,
  readProvenance,
  uploadPodLabels,
} from './annotations.ts';
export type { Provenance } from './annotations.ts';
export { otherRuntimes } from './choices/otherRuntimes.ts';
export type { ListedRuntimes } from './choices/otherRuntimes.ts';
export { runtimeChoices } from './choices/runtimeChoices.ts';
export { chooseServing } from './choices/servingChoice.ts';
export { parseConfigProperties } from './configProperties.ts';
export type { ConfigProperties, SnapshotModel } from './configProperties.ts';
export { deploymentModeOf } from './deploymentMode.ts';
export { familyOf, type CodeFamily, type DiagnosisCode } from './diagnosis/codes.ts';
export type { Diagnosis } from './diagnosis/diagnosis.ts';
export type { DiagnosisEvidence, LogRequest, LogTail } from './diagnosis/evidence.ts';
export { diagnose, noCauseFound, wantsLogsOf } from './diagnosis/index.ts';
export { isScalingUp } from './diagnosis/scheduling.ts';
export { eventTime, eventTimeMs } from './eventTime.ts';
export { formatEarlierVersions, readEarlierVersions } from './earlierVersions.ts';
export type { EarlierVersion, VersionManifest } from './earlierVersions.ts';
export {
  inferenceServiceConfigMap,
  parseDeploymentMode,
  readInferenceServiceConfig,
} from './inferenceServiceConfig.ts';
export type { DeploymentMode, InferenceServiceConfig } from './inferenceServiceConfig.ts';
export { editableManifest, inferenceServiceManifest } from './manifest.ts';
export type { HttpProbe, ManifestInput } from './manifest.ts';
export { fromYaml, toYaml } from './manifestYaml.ts';
export type { ManifestFinding, ParsedManifest } from './manifestYaml.ts';
export {
  inferenceServiceNameProblem,
  inferenceServiceNames,
  labelValueProblem,
  namespaceNameProblem,
  objectNameProblem,
  persistentVolumeClaimNameProblem,
  suggestLabel,
} from './kubernetesNames.ts';
export { canariesOf, canaryOf, isNamedForCanary, predictorNameOf, predictorServiceName } from './predictors.ts';
export type { Canary } from './predictors.ts';
export { planWarnings } from './planWarnings.ts';
export type { PlanFacts } from './planWarnings.ts';
export { podHealth } from './podHealth.ts';
export type { PodHealth } from './podHealth.ts';
export { componentOf, isPodReady, podRow } from './pods.ts';
export type { PodRow, ServiceComponent } from './pods.ts';
export { compareQuantities, formatQuantity, parseQuantity, quantityProblem } from './quantity.ts';
export { isRolledOut, servesWantedVersion } from './rollout.ts';
export { expectedModelName, frontComponent, inferencePort, podSelector, serviceNamesOf, speaksHttp } from './routes.ts';
export { runtimeImage } from './runtimeImage.ts';
export { runtimeRequestOf, selectRuntime } from './runtimeSelection.ts';
export type { ChosenRuntime, RejectedRuntime, RuntimeRequest, RuntimeSelection } from './runtimeSelection.ts';
export { conditionOf, serviceStatus } from './serviceStatus.ts';
export type { ServiceState, ServiceStatus } from './serviceStatus.ts';
export { runtimeOf, serviceSummary, withPodHealth } from './serviceSummary.ts';
export type { ServiceSummary } from './serviceSummary.ts';
export { frameworkFields, isGrpcOnly, servedModelOf, withServedModel } from './servedModel.ts';
export { isSamePlace, keptStorageUrisOf, storageUrisOf } from './storagePlaces.ts';
export { formatPvcUri, parsePvcUri, parseStorageUri, storageUriProblem } from './storageUri.ts';
export { isInsideCluster, parseServiceUrl, serviceUrl } from './serviceUrl.ts';
export type { KnownUrl, ServiceUrl } from './serviceUrl.ts';
export type { StorageUri } from './storageUri.ts';
export { withoutFields } from './withoutFields.ts';
export { storageInitializerImage } from './uploadPodImage.ts';
export type { ImageSources } from './uploadPodImage.ts';
export { decodeBase64 } from './protocol/inferenceRequest.ts';
export {
  errorBody,
  modelMissingMessage,
  modelNotReadyMessage,
  modelVersionMissingMessage,
  serverNotReadyMessage,
} from './protocol/serverWords.ts';
export { readErrorText } from './protocol/errorText.ts';
export type { InferenceInput, InputTensor } from './protocol/inferenceRequest.ts';
export type { JsonObject } from '../foundation/json.ts';
export {
  parseModelNames,
  parseV2ModelMetadata,
  parseV2ServerMetadata,
  v1ModelPath,
  v1ModelsPath,
  v2ModelPath,
  v2ModelsPath,
  v2RepositoryIndexPath,
  v2ServerPath,
} from './protocol/models.ts';
export type { ModelMetadata, ServerMetadata } from './protocol/models.ts';
export {
  buildV1Request,
  parseV1Request,
  parseV1Response,
  v1Answer,
  v1AnswerOfTexts,
  v1ModelList,
  v1ModelReadiness,
  v1PredictPath,
} from './protocol/v1.ts';
export {
  buildV2BinaryRequest,
  buildV2InputRequest,
  buildV2Request,
  parseV2Outputs,
  v2InferPath,
  v2ModelMetadata,
  v2ModelReadiness,
  v2ServerLive,
  v2ServerMetadata,
  v2ServerReady,
} from './protocol/v2.ts';
export type { OutputTensor, TensorMetadata } from './protocol/v2.ts';
export { v2Answer } from './protocol/v2Answer.ts';
export { jsonOfBinaryAnswer } from './protocol/v2BinaryAnswer.ts';
export type { AnswerTensor, V2Answer } from './protocol/v2Answer.ts';
export { numbersOfJson, plainNumbers } from './protocol/v2Datatypes.ts';
export type { TensorNumbers } from './protocol/v2Datatypes.ts';
export { zeroReplicasProblem } from './zeroReplicas.ts';
export { parseV2Request } from './protocol/v2Request.ts';
export type { V2Bytes, V2Input, V2Numbers, V2Request, WantedOutput } from './protocol/v2Request.ts';
export { describeEvents, describePod, describeService } from './describe/describeText.ts';
