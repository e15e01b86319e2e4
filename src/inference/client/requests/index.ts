import { kserveImage } from './kserveImage.ts';
import type { RequestDialect } from './requestDialect.ts';
import { tensorFlowServing } from './tensorFlowInstances.ts';
import { torchServeData } from './torchServeData.ts';

/** Every way in which V1 servers are known to take a picture, the most usual first. A new one is a file and a line. */
export const requestDialects: readonly [RequestDialect, ...RequestDialect[]] = [
  torchServeData,
  tensorFlowServing,
  kserveImage,
];

/** The dialect of that name; the most usual one where nobody has found out. */
export function requestDialect(name: string | undefined): RequestDialect {
  return requestDialects.find((dialect) => dialect.name === name) ?? requestDialects[0];
}
