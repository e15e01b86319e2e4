import { arriving } from './arriving.ts';
import { controllers, serverWords } from './controllers.ts';
import { fetchingCases } from './fetching.ts';
import { knativeCases } from './knative.ts';
import { otherServers } from './otherServers.ts';
import { onTheNode } from './onTheNode.ts';
import { severalReasons } from './severalReasons.ts';
import type { Case } from './case.ts';
import { images } from './images.ts';
import { placing } from './placing.ts';
import { refusals } from './refusals.ts';
import { crashes, late, workers } from './servers.ts';
import { specs } from './specs.ts';
import { volumes } from './volumes.ts';

export const cases: readonly Case[] = [
  ...refusals,
  ...specs,
  ...placing,
  ...volumes,
  ...images,
  ...arriving,
  ...crashes,
  ...workers,
  ...otherServers,
  ...late,
  ...knativeCases,
  ...severalReasons,
  ...fetchingCases,
  ...onTheNode,
  ...controllers,
  ...serverWords,
];
