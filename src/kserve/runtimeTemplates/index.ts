import { mlServerRuntime } from './mlServerRuntime.ts';
import { openVinoRuntime } from './openVinoRuntime.ts';
import type { RuntimeTemplate } from './runtimeTemplate.ts';
import { torchServeRuntime } from './torchServeRuntime.ts';
import { tritonRuntime } from './tritonRuntime.ts';

/** The runtimes that can be made. A next one is one file, and one line here. */
export const runtimeTemplates: readonly RuntimeTemplate[] = [
  tritonRuntime,
  mlServerRuntime,
  openVinoRuntime,
  torchServeRuntime,
];
