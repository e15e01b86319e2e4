import { readFile } from 'node:fs/promises';
import type { ContractField } from '../../contract/modelContract.ts';
import { writeWhole } from '../../foundation/writeWhole.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { withBlock, withDeploy, yaml } from './editSpec.ts';
import type { DeploySpec, ModelSpec } from './modelSpec.ts';

const header = `# How Model Deck packages this folder. Change it by hand; the next packaging just runs.
`;

/** Fields in the order of the file. */
const order: readonly (keyof ModelSpec)[] = [
  'packageKind',
  'name',
  'version',
  'weights',
  'modelFile',
  'architecture',
  'handler',
  'labels',
  'extraFiles',
  'requirements',
  'configFile',
  'runtime',
  'archiveFormat',
  'preprocessing',
  'input',
  'output',
  'origins',
  'examples',
  'provenance',
  'deploy',
];

/** What stands above `origins`: how a user confirms what is assumed. */
const originsComment = `# Where these values come from. What is assumed is shown beside each prediction: correct the value if it is wrong, and
# delete its line here to confirm it.
`;

/**
 * The text of `model-deck.yaml` for a spec. `parseSpec` of it gives the spec back. Values of `input` and `output` that are
 * assumed have a comment behind them.
 */
export function formatSpec(spec: ModelSpec): string {
  const blocks = order.flatMap((key) => (spec[key] === undefined ? [] : [block(key, spec)]));
  return header + (blocks.length === 0 ? '{}\n' : blocks.join(''));
}

/**
 * The text of a spec after its fields have changed: blocks that say something else are written again, every other line stays
 * as the user wrote it.
 */
export function withChanges(text: string, before: ModelSpec, after: ModelSpec): string {
  const isOther = (key: keyof ModelSpec): boolean => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  return order.filter(isOther).reduce((changed, key) => {
    const written = after[key] === undefined ? undefined : block(key, after);
    const isExplained = key === 'origins' && changed.includes(originsComment);
    return withBlock(changed, key, isExplained ? written?.replace(originsComment, '') : written);
  }, text);
}

function block(key: keyof ModelSpec, spec: ModelSpec): string {
  const text = yaml({ [key]: spec[key] });
  if (key === 'origins') return originsComment + text;
  if (key !== 'input' && key !== 'output') return text;
  const isAssumed = (field: string | undefined): boolean =>
    field !== undefined && spec.origins?.[`${key}.${field}` as ContractField] === 'assumed';
  return text
    .split('\n')
    .map((line) => (isAssumed(/^  (\w+):/.exec(line)?.[1]) ? `${line} # assumed` : line))
    .join('\n');
}

/** Writes the spec beside its place and renames it, so that a failure leaves the old one. */
export async function writeSpec(file: string, spec: ModelSpec): Promise<void> {
  await replace(file, formatSpec(spec));
}

/**
 * Writes `deploy` into the spec of a folder and leaves every other line as the user wrote it, comments too. Writes
 * nothing when the text says it already.
 */
export async function rememberDeploy(file: string, deploy: DeploySpec): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, 'read the spec', file);
  }
  const changed = withDeploy(text, deploy);
  if (changed !== text) await replace(file, changed);
}

async function replace(file: string, text: string): Promise<void> {
  try {
    await writeWhole(file, text);
  } catch (error) {
    throw fileError(error, 'write the spec', file);
  }
}
