import { folderGraph } from '../folder/folderGraph.ts';
import type { PackageKind } from '../packageKind.ts';
import { checkForOpenVino } from './openVinoChecks.ts';
import { adoptOpenVino, isOpenVinoPackage, readOpenVino } from './readOpenVino.ts';
import { openVinoKind, openVinoServes } from './served.ts';
import { writeOpenVino } from './writeOpenVino.ts';

/** Folders for OpenVINO Model Server: `1/model.onnx`, or `1/model.xml` and `1/model.bin`. */
export const openVinoPackages: PackageKind = {
  kind: openVinoKind,
  label: 'OpenVINO model',
  serves: openVinoServes,
  check: checkForOpenVino,
  write: writeOpenVino,
  recognises: (file, isFolder) => isFolder && isOpenVinoPackage(file),
  adopt: adoptOpenVino,
  read: readOpenVino,
  onnxGraph: folderGraph,
};
