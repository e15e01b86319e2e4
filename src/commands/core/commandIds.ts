/**
 * Every command of the manifest. `registerCommands` takes a record over this union, so that the compiler asks for each;
 * a test holds the list against package.json.
 */
export const commandIds = [
  'modelDeck.packageModel',
  'modelDeck.deployModel',
  'modelDeck.classifyImage',
  'modelDeck.setEndpointCredentials',
  'modelDeck.startDeployment',
  'modelDeck.stopDeployment',
  'modelDeck.removeDeployment',
  'modelDeck.showDeploymentLog',
  'modelDeck.copyEndpointUrl',
  'modelDeck.openManifest',
  'modelDeck.copyStorageUri',
  'modelDeck.removeStoredModel',
  'modelDeck.reveal',
  'modelDeck.changeLocalStore',
  'modelDeck.chooseKubeconfig',
  'modelDeck.addNamespace',
  'modelDeck.forgetNamespace',
  'modelDeck.listClaimModels',
  'modelDeck.copyError',
  'modelDeck.openKubeconfig',
  'modelDeck.deleteService',
  'modelDeck.scale',
  'modelDeck.rollBack',
  'modelDeck.explain',
  'modelDeck.describe',
  'modelDeck.showPodLogs',
  'modelDeck.stopFollowingLogs',
  'modelDeck.showEvents',
  'modelDeck.showManifest',
  'modelDeck.editManifest',
  'modelDeck.copyName',
  'modelDeck.tryAgain',
  'modelDeck.refresh',
  'modelDeck.openSample',
  'modelDeck.showLog',
] as const;

export type CommandId = (typeof commandIds)[number];
