import { mlServerRuntime } from './mlServerTemplate.ts';
import { openVinoRuntime } from './openVinoTemplate.ts';
import type { RuntimeTemplate } from './runtimeTemplate.ts';
import { torchServeRuntime } from './torchServeTemplate.ts';
import { tritonRuntime } from './tritonTemplate.ts';

/** The runtimes that can be made. A next one is one file, and one line here. */
export const runtimeTemplates: readonly RuntimeTemplate[] = [
  tritonRuntime,
  mlServerRuntime,
  openVinoRuntime,
  torchServeRuntime,
];
