import type { RouteFinder } from '../way.ts';
import { apiProxy } from './apiProxy.ts';
import { configuredIngress } from './configuredIngress.ts';
import { gatewayApi } from './gatewayApi.ts';
import { ingressObject } from './ingressObject.ts';
import { istioGateway } from './istioGateway.ts';
import { knativeIngress } from './knativeIngress.ts';
import { openShiftRoute } from './openShiftRoute.ts';
import { ownAddress } from './ownAddress.ts';
import { podForward } from './podForward.ts';

/** In the order in which one is preferred to another of the same kind of route. */
export const routeFinders: readonly RouteFinder[] = [
  podForward,
  openShiftRoute,
  ownAddress,
  istioGateway,
  gatewayApi,
  ingressObject,
  knativeIngress,
  configuredIngress,
  apiProxy,
];
