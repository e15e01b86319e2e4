import { describeLocalRuntime } from '../../conformance/localRuntimes.ts';
import { localRuntimes } from '../../../src/targets/thisComputer/runtimes/chooseRuntime.ts';
import type { LocalRuntime } from '../../../src/targets/thisComputer/runtimes/localRuntime.ts';

/** A local runtime that exists in this test alone: another name for the server that we bring. */
const moonRuntime: LocalRuntime = {
  id: 'moon',
  label: 'Moon',
  imageEncoding: 'rgb-jpeg',
  serves: () =>
    Promise.resolve({
      runtime: 'Moon 1.0',
      reason: 'The moon is new.',
      engine: () => Promise.resolve({ kind: 'onnx' as const }),
    }),
};

const registered = [...localRuntimes, moonRuntime];
/** Without a Python there is no TorchServe, and it says so. */
const reasons: Readonly<Record<string, RegExp>> = { torchserve: /no Python with TorchServe was found/ };

for (const runtime of registered) describeLocalRuntime(runtime, registered, reasons[runtime.id] ?? 'serves');
