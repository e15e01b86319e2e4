import { addressCases } from './addressCases.ts';
import { gatewayApiCases } from './gatewayApiCases.ts';
import { ingressCases } from './ingressCases.ts';
import { meshCases } from './meshCases.ts';
import { apiServerCases } from './apiServerCases.ts';
import type { RouteCase } from './routedObjects.ts';

export const routeCases: readonly RouteCase[] = [
  ...addressCases,
  ...gatewayApiCases,
  ...ingressCases,
  ...meshCases,
  ...apiServerCases,
];
