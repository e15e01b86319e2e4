import { isModelFolder } from '../folder/readyMade.ts';
import { folderGraph } from '../folder/folderGraph.ts';
import type { PackageKind } from '../packageKind.ts';
import { checkForMLServer, foreseeMLServer, suitsMLServer } from './mlServerChecks.ts';
import { adoptMLServer, readMLServer, settingsFolder } from './readMLServer.ts';
import { mlServerKind, mlServerServes } from './served.ts';
import { writeMLServer } from './writeMLServer.ts';

/** Folders for MLServer: a model-settings.json with the files that it names, ours or the user's own. */
export const mlServerPackages: PackageKind = {
  kind: mlServerKind,
  label: 'MLServer model',
  serves: mlServerServes,
  check: checkForMLServer,
  suits: suitsMLServer,
  foresee: foreseeMLServer,
  write: writeMLServer,
  recognises: async (file, isFolder) =>
    (await settingsFolder(file)) !== undefined && !(isFolder && (await isModelFolder(file))),
  adopt: adoptMLServer,
  read: readMLServer,
  onnxGraph: folderGraph,
};
