import { copyFile, cp, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { EndpointClient, type Endpoint } from '../../src/inference/index.ts';
import type { Finding } from '../../src/packaging/read/detection.ts';
import type { PackageKind } from '../../src/packaging/kinds/packageKind.ts';
import { mlServerPackages } from '../../src/packaging/kinds/mlserver/mlServerPackages.ts';
import { torchServePackages } from '../../src/packaging/kinds/torchserve/torchServePackages.ts';
import { tritonPackages } from '../../src/packaging/kinds/triton/tritonPackages.ts';
import type { Vendoring } from '../../src/packaging/kinds/vendoring.ts';
import type { ModelPackage } from '../../src/packaging/modelPackage.ts';
import { ranked, type Probabilities } from '../parity/matrixPeer.ts';
import { startMLServer } from './mlServer.ts';
import type { TableModel } from './models.ts';
import type { TorchServe } from './torchServe.ts';
import type { Triton } from './triton.ts';

/** A server of the table. */
export interface Column {
  readonly kind: PackageKind;
  /** With which KServe 0.20 comes; what its pre-flight is held against. */
  readonly image: string;
  readonly vendoring?: Vendoring;
  /** Answers for pictures, asked as the panel asks. @throws Error what the server says */
  readonly answers: (
    model: TableModel,
    made: ModelPackage,
    pictures: readonly string[],
  ) => Promise<readonly Probabilities[]>;
}

/** What pre-flight says to a model before it is packaged and, as the plan of a deploy does, of the package and the image. */
export async function refusals(
  { kind, image }: Pick<Column, 'kind' | 'image'>,
  { folder, spec }: TableModel,
  made?: ModelPackage,
): Promise<readonly Finding[]> {
  const found = made === undefined ? await kind.check({ folder, spec }) : (kind.suits?.(made.serves, image) ?? []);
  return found.filter(({ severity }) => severity === 'error');
}

export function tritonColumn(triton: Triton, repository: string): Column {
  return {
    kind: tritonPackages,
    image: 'nvcr.io/nvidia/tritonserver:23.05-py3',
    async answers({ spec: { name } }, made, pictures) {
      await cp(path.join(made.folder, name), path.join(repository, name), { recursive: true });
      await triton.load(name);
      try {
        return await ask(triton.url, name, made, pictures);
      } finally {
        await triton.unload(name);
        await rm(path.join(repository, name), { recursive: true });
      }
    },
  };
}

export function mlServerColumn(work: string): Column {
  return {
    kind: mlServerPackages,
    image: 'docker.io/seldonio/mlserver:1.7.1',
    async answers({ spec: { name } }, made, pictures) {
      const folder = path.join(work, name);
      await mkdir(folder, { recursive: true });
      await cp(made.folder, path.join(folder, 'model'), { recursive: true });
      const server = await startMLServer(folder);
      try {
        return await ask(server.url, name, made, pictures);
      } finally {
        await server.stop();
      }
    },
  };
}

export function torchServeColumn(server: TorchServe, image: string, vendoring?: Vendoring): Column {
  return {
    kind: torchServePackages,
    image,
    ...(vendoring && { vendoring }),
    async answers({ spec: { name } }, made, pictures) {
      await copyFile(path.join(made.folder, 'model-store', `${name}.mar`), path.join(server.models, `${name}.mar`));
      await server.load(name);
      try {
        const found: Probabilities[] = [];
        for (const picture of pictures) found.push(ranked(Object.entries(await server.ask(name, picture))));
        return found;
      } finally {
        await server.unload(name);
      }
    },
  };
}

/** Asks a server of V2 as the panel does: it reads what the model takes, and prepares tensors by the package's contract. */
export async function ask(
  baseUrl: string,
  modelName: string,
  { contract }: ModelPackage,
  pictures: readonly string[],
): Promise<readonly Probabilities[]> {
  const endpoint: Endpoint = {
    id: `runtimes/${modelName}`,
    label: modelName,
    targetLabel: 'a server of this test',
    baseUrl,
    modelName,
    protocol: 'v2',
    maxRequestBytes: 64 << 20,
    imageEncoding: 'rgb-jpeg-or-png',
    ...(contract && { contract }),
  };
  const client = new EndpointClient(endpoint, { isRemote: true });
  try {
    const found: Probabilities[] = [];
    for (const picture of pictures) {
      const { predictions } = await client.predict({ image: await readFile(picture), k: 20 });
      const shown = predictions.map(({ label = '', value = NaN }): [string, number] => [label, value]);
      const [positive] = shown;
      const isBinary = contract?.output.meaning === 'binary' && shown.length === 1 && positive !== undefined;
      found.push(isBinary ? ranked([positive, [contract.output.labels?.[0] ?? '', 1 - positive[1]]]) : new Map(shown));
    }
    return found;
  } finally {
    client.close();
  }
}
