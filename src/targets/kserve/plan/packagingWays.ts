import type { PackagingWay, Verdict } from '../../../kserve/choices/servingChoice.ts';
import { beforeKinds, servesOf } from '../../../packaging/kinds/beforeKinds.ts';
import type { PackageKind } from '../../../packaging/kinds/packageKind.ts';
import type { Task } from '../../../foundation/task.ts';
import type { Vendoring } from '../../../packaging/kinds/vendoring.ts';
import type { ModelSpec } from '../../../packaging/spec/modelSpec.ts';
import type { Serves } from '../../../packaging/modelPackage.ts';
import type { Finding } from '../../../packaging/read/detection.ts';

/** What findings mean for a choice: errors stand against it, warnings are told with it. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const sentences = errors.map(({ message, remedy }) => [sentence(message), remedy].filter(Boolean).join(' '));
  return {
    ...(sentences.length > 0 && { whyNot: sentences.join(' ') }),
    cautions: findings.filter(({ severity }) => severity === 'warning').map(({ message }) => sentence(message)),
  };
}

/** The one way of a model that is packaged already. @param kinds that are registered */
export function wayOfPackage(
  model: { readonly kind?: string; readonly serves?: Serves },
  kinds: readonly PackageKind[],
): PackagingWay {
  const serves = servesOf(model);
  const name = model.kind ?? beforeKinds.kind;
  const kind = kinds.find((one) => one.kind === name);
  return {
    kind: name,
    label: kind?.label ?? name,
    modelFormat: serves.modelFormat,
    protocols: serves.protocols,
    server: serves.server,
    verdict: (image) => verdictOf(image === undefined ? [] : (kind?.suits?.(serves, image) ?? [])),
  };
}

/** A folder that is not packaged yet. */
export interface UnpackagedFolder {
  readonly folder: string;
  readonly spec: ModelSpec;
  readonly vendoring?: Vendoring | undefined;
  /** What a kind's own check says; nothing is written. */
  readonly check: (kind: PackageKind, task: Task) => Promise<readonly Finding[]>;
}

/** The ways in which a folder can be packaged: that of its spec where it names one, else all. */
export async function waysOfFolder(
  unpackaged: UnpackagedFolder,
  kinds: readonly PackageKind[],
  task: Task = {},
): Promise<readonly PackagingWay[]> {
  const { packageKind } = unpackaged.spec;
  const wanted = packageKind === undefined ? kinds : kinds.filter(({ kind }) => kind === packageKind);
  return Promise.all(wanted.map((kind) => wayOfFolder(unpackaged, kind, task)));
}

async function wayOfFolder(unpackaged: UnpackagedFolder, kind: PackageKind, task: Task): Promise<PackagingWay> {
  const { folder, spec, vendoring } = unpackaged;
  const findings = await unpackaged.check(kind, task);
  const { whyNot } = verdictOf(findings);
  const serves =
    whyNot === undefined && kind.foresee
      ? await kind.foresee({ folder, spec, ...(vendoring && { vendoring }) }, task)
      : kind.serves;
  return {
    kind: kind.kind,
    label: kind.label,
    modelFormat: serves.modelFormat,
    protocols: serves.protocols,
    server: serves.server,
    // What is found in the folder alone is shown when it is packaged, whatever serves it.
    verdict: (image) =>
      whyNot === undefined
        ? verdictOf(image === undefined ? [] : (kind.suits?.(serves, image) ?? []))
        : { whyNot, cautions: [] },
  };
}

function sentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
