import { createHash } from 'node:crypto';
import type { NamedTensor } from '../formats/stateDicts.ts';
import type { LikeTorchvision, OwnHead, TorchvisionNetwork } from './architecture.ts';
import { prefixesOf, tensorsBelow } from './keys.ts';
import table from './torchvision.json' with { type: 'json' };

/** A model of torchvision, as scripts/torchserve/fingerprints.py writes it. */
interface Row {
  readonly name: string;
  /** The layer that takes the picture, and the one that gives the classes. */
  readonly stem: string;
  readonly head: string;
  readonly size: number;
  /** Hashes over keys and shapes: of all layers, and of all that stand before the head. */
  readonly whole: string;
  readonly body: string;
}

const models: readonly Row[] = table.models;

/** Not weights, but what a module counts or computes for itself; old files lack them. */
const computed = /(num_batches_tracked|relative_position_index|relative_coords_table|attn_mask)$/;
/** Layers that only training uses. */
const auxiliary = /^(AuxLogits|aux1|aux2)\./;

/** The one tensor of a ViT that depends on the size of the picture. */
const positionKey = 'encoder.pos_embedding';

/** Old names of layers, which torchvision still reads: DenseNet before 0.3, ViT before 0.13. */
const renames: readonly (readonly [RegExp, string])[] = [
  [/(denselayer\d+\.(?:norm|conv))\.([12]\.)/, '$1$2'],
  [/(\.mlp)\.linear_1\./, '$1.0.'],
  [/(\.mlp)\.linear_2\./, '$1.3.'],
];

/**
 * The classifier of torchvision that has exactly these keys and shapes, whatever stands before them, and with any number
 * of classes and channels; or the one of which all but the head is there.
 *
 * @param tensors with {@link unwrappedKey} applied
 */
export function recogniseTorchvision(tensors: readonly NamedTensor[]): TorchvisionNetwork | OwnHead | undefined {
  return exact(tensors) ?? withOwnHead(tensors);
}

/** How the families of torchvision name their layers. */
const families: readonly { readonly family: string; readonly keys: readonly RegExp[] }[] = [
  { family: 'ResNet', keys: [/(^|\.)conv1\.weight$/, /(^|\.)layer1\.0\.conv1\.weight$/] },
  { family: 'DenseNet', keys: [/(^|\.)features\.conv0\./, /(^|\.)features\.denseblock1\./] },
  { family: 'EfficientNet', keys: [/(^|\.)features\.0\.0\./, /(^|\.)features\.1\.0\.block\.0\.0\./] },
  { family: 'MobileNetV2', keys: [/(^|\.)features\.0\.0\./, /(^|\.)features\.1\.conv\.0\.0\./] },
  { family: 'SqueezeNet', keys: [/(^|\.)features\.0\./, /(^|\.)features\.\d+\.squeeze\./] },
  {
    family: 'VGG',
    keys: [/(^|\.)features\.0\.weight$/, /(^|\.)classifier\.0\.weight$/, /(^|\.)classifier\.6\.weight$/],
  },
  { family: 'ViT', keys: [/(^|\.)conv_proj\./, /(^|\.)encoder\.layers\.encoder_layer_0\./] },
];

/** The family whose names the layers have. Asked for when they are those of no network by themselves. */
export function likeTorchvision(tensors: readonly NamedTensor[]): LikeTorchvision | undefined {
  const found = families.find(({ keys }) => keys.every((pattern) => tensors.some(({ key }) => pattern.test(key))));
  return found && { kind: 'like-torchvision', family: found.family };
}

function exact(tensors: readonly NamedTensor[]): TorchvisionNetwork | undefined {
  for (const [{ stem, head }, rows] of groups(({ stem, head }) => `${stem} ${head}`)) {
    for (const prefix of prefixesOf(tensors, head)) {
      const below = tensorsBelow(tensors, prefix);
      const whole = digest(canonicalLines(below, stem, head));
      const row = rows.find((candidate) => candidate.whole === whole);
      if (row !== undefined) return described(row, prefix, below);
    }
  }
  return undefined;
}

function withOwnHead(tensors: readonly NamedTensor[]): OwnHead | undefined {
  for (const [{ stem, head }, rows] of groups(({ stem, head }) => `${stem} ${top(head)}`)) {
    for (const prefix of prefixesOf(tensors, stem)) {
      const below = tensorsBelow(tensors, prefix);
      const isHead = ({ key }: NamedTensor): boolean => top(key) === top(head);
      const body = digest(
        canonicalLines(
          below.filter((tensor) => !isHead(tensor)),
          stem,
          head,
        ),
      );
      const row = rows.find((candidate) => candidate.body === body);
      if (row !== undefined) return { kind: 'own-head', name: row.name, prefix, head: below.filter(isHead) };
    }
  }
  return undefined;
}

/** Rows that share what the canonical lines depend on, so that each hash is computed once. */
function groups(keyOf: (row: Row) => string): readonly (readonly [Row, readonly Row[]])[] {
  const byKey = new Map<string, Row[]>();
  for (const row of models) byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row]);
  return [...byKey.values()].flatMap((rows) => (rows[0] === undefined ? [] : [[rows[0], rows] as const]));
}

function described(row: Row, prefix: string, tensors: readonly NamedTensor[]): TorchvisionNetwork | undefined {
  const shapeOf = (key: string): readonly number[] => tensors.find((tensor) => tensor.key === key)?.shape ?? [];
  const [classes] = shapeOf(`${row.head}.weight`);
  const [, channels, patch] = shapeOf(`${row.stem}.weight`);
  if (classes === undefined || channels === undefined || patch === undefined) return undefined;
  const patches = sideOf(shapeOf(positionKey));
  return {
    kind: 'torchvision',
    name: row.name,
    classes,
    channels,
    imageSize: patches === undefined ? row.size : patches * patch,
    sizeIsFixed: patches !== undefined,
    auxiliary: hasAuxiliary(tensors, classes),
    prefix,
  };
}

/** Patches along a side of the picture: a ViT has a position for each patch, and one for the class token. */
function sideOf([, positions = 0]: readonly number[]): number | undefined {
  const side = Math.sqrt(positions - 1);
  return Number.isInteger(side) ? side : undefined;
}

/** Training layers for another number of classes cannot be loaded into the network; they are left out then. */
function hasAuxiliary(tensors: readonly NamedTensor[], classes: number): boolean {
  const last = tensors.filter(({ key }) => /^(AuxLogits\.fc|aux[12]\.fc2)\.weight$/.test(key));
  return last.length > 0 && last.every(({ shape }) => shape[0] === classes);
}

/** The same lines as `canonical_lines` of fingerprints.py: what may differ between two models of one kind is a star. */
function canonicalLines(tensors: readonly NamedTensor[], stem: string, head: string): readonly string[] {
  const lines: string[] = [];
  for (const { key: written, shape } of tensors) {
    if (computed.test(written) || auxiliary.test(written)) continue;
    const key = renames.reduce((name, [pattern, by]) => name.replace(pattern, by), written);
    const sides: (number | string)[] = [...shape];
    if (key === `${head}.weight` || key === `${head}.bias`) sides[0] = '*';
    else if (key === `${stem}.weight` || (key === positionKey && sideOf(shape) !== undefined)) sides[1] = '*';
    lines.push(`${key} ${sides.join('x')}`);
  }
  return lines.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(line: string): string {
  return line.slice(0, line.indexOf(' '));
}

function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

function top(key: string): string {
  return key.split('.', 1)[0] ?? key;
}
