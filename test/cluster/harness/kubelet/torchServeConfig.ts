import { freePorts } from '../../../../src/foundation/freePorts.ts';
import type { Forward } from './kwokObjects.ts';
import { onHost } from './podVolumes.ts';
import type { HostMount } from './podVolumes.ts';

/** A config.properties that was written for KServe's container, moved to this machine. */
export interface HostConfig {
  readonly text: string;
  /** TorchServe's own address for predictions, and its management API's. */
  readonly inferenceUrl: string;
  readonly managementUrl: string;
  /** Which port of this machine stands for which of the container. */
  readonly forwards: readonly Forward[];
}

const here = '127.0.0.1';
const addressKeys = ['inference_address', 'management_address', 'metrics_address'] as const;
const grpcKeys = ['grpc_inference_port', 'grpc_management_port'] as const;
/** TorchServe's own defaults. */
const defaultPorts: Readonly<Record<string, number>> = {
  inference_address: 8080,
  management_address: 8081,
  metrics_address: 8082,
  grpc_inference_port: 7070,
  grpc_management_port: 7071,
};

/** `name=value` lines as KServe's wrapper reads them; comments too, which do no harm. */
export function readProperties(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line.includes('='));
  return new Map(
    lines.map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

/**
 * Every port becomes a free one of 127.0.0.1, equal ones stay equal, and the model store is the folder behind the claim; all
 * else stays as the user wrote it.
 *
 * @param extra lines that are not the user's
 */
export async function hostConfig(
  text: string,
  mounts: readonly HostMount[],
  extra: readonly string[],
): Promise<HostConfig> {
  const properties = readProperties(text);
  const portOf = (key: string): number => {
    const value = properties.get(key);
    return Number(/(\d+)\/?$/.exec(value ?? '')?.[1] ?? defaultPorts[key]);
  };
  const wanted = [...new Set([...addressKeys, ...grpcKeys].map(portOf))];
  const free = await freePorts(wanted.length);
  const forwards = wanted.map((podPort, index): Forward => ({ podPort, hostPort: free[index] ?? 0 }));
  const hostPort = (key: string): number => forwards.find(({ podPort }) => podPort === portOf(key))?.hostPort ?? 0;
  const urls = new Map(addressKeys.map((key): [string, string] => [key, `http://${here}:${hostPort(key)}`]));
  const replaced = [
    ...[...urls].map(([key, url]) => `${key}=${url}`),
    ...grpcKeys.map((key) => `${key}=${hostPort(key)}`),
    `grpc_inference_address=${here}`,
    `grpc_management_address=${here}`,
    ...[...properties]
      .filter(([key]) => key === 'model_store')
      .map(([key, value]) => `${key}=${onHost(mounts, value)}`),
    ...extra,
  ];
  const names = new Set(replaced.map((line) => line.slice(0, line.indexOf('='))));
  const kept = text.split('\n').filter((line) => !names.has(line.slice(0, Math.max(0, line.indexOf('='))).trim()));
  return {
    text: [...kept, ...replaced, ''].join('\n'),
    inferenceUrl: urls.get('inference_address') ?? '',
    managementUrl: urls.get('management_address') ?? '',
    forwards,
  };
}
