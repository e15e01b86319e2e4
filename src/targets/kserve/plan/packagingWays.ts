import type { PackagingWay, Verdict } from '../../../kserve/choices/servingChoice.ts';
import { beforeKinds, servesOf } from '../../../packaging/kinds/beforeKinds.ts';
import type { PackageKind } from '../../../packaging/kinds/packageKind.ts';
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

function sentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
