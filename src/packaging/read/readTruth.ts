import path from 'node:path';
import { completeContract } from '../../contract/completeContract.ts';
import { keyOf } from '../../contract/contractJson.ts';
import type { ContractField, ModelContract } from '../../contract/modelContract.ts';
import { parseOrigins } from '../../contract/origins.ts';
import type { Task } from '../../foundation/task.ts';
import type { ModelSpec } from '../spec/modelSpec.ts';
import type { Finding } from './detection.ts';
import type { OnnxFacts } from './formats/onnx.ts';
import { Graph } from './graph/graph.ts';
import { chooseInput, type InputChoice } from './graph/inputs.ts';
import { chooseOutput, describeOutputs, type OutputChoice } from './graph/outputs.ts';
import { findLabelFile, type FoundLabels } from './labels/findLabelFile.ts';
import { contractSources } from './sources/contractSources.ts';
import type { SourceReading } from './sources/contractSource.ts';
import { inputOfGraph, outputOfGraph } from './sources/graphItself.ts';
import { mergeReadings, type Disagreement } from './sources/mergeReadings.ts';
import { Surroundings } from './sources/surroundings.ts';

/** What weights and the files around them say about the contract. */
export interface Truth {
  readonly contract: ModelContract;
  /** The file that names the classes, relative to the folder; for a graph that has them in itself, the graph. */
  readonly labels?: FoundLabels;
  /** Where sources contradict each other: one finding each. */
  readonly findings: readonly Finding[];
  /** Of ONNX weights. */
  readonly graph?: { readonly input: InputChoice; readonly output: OutputChoice };
}

/** Which weights are asked about. */
export interface TruthQuestion {
  /** Absolute. */
  readonly folder: string;
  /** All files of the folder, relative with `/`. */
  readonly files: readonly string[];
  /** The weights, relative with `/`. */
  readonly weights: string;
  readonly facts?: OnnxFacts;
  /** What the network of a state_dict says. */
  readonly network?: Pick<ModelSpec, 'input' | 'output' | 'origins'>;
}

/**
 * Reads what a model takes and gives where it is written: in the graph, and in the files that exporters and people leave
 * beside it. The graph has its way about shapes and types, the nearest file about meaning; the rest is assumed and marked.
 *
 * @throws ModelDeckError `cancelled`
 */
export async function readTruth(question: TruthQuestion, task: Task = {}): Promise<Truth> {
  const { folder, files, weights, facts, network } = question;
  const near = new Surroundings(folder, files, weights);
  const graph = facts && new Graph(facts);
  const counts = graph ? describeOutputs(graph).map((output) => output.classes) : [network?.output?.classes];
  const labels = await findLabelFile({ near, weights, ...(facts && { facts }), counts }, task);
  const input = graph && chooseInput(graph);
  const output = graph && chooseOutput(graph, labels?.labels.length);
  const readings = await readingsOf(question, near, { input, output });
  const { known, disagreements } = mergeReadings(readings);
  const named = labels && labels.labels.length > 0 ? { labels: labels.labels } : {};
  // Labels help to understand the numbers; in the spec they stay in their file.
  const channels = input?.kind === 'chosen' ? input.input.channels : undefined;
  const complete = completeContract({
    ...known,
    output: { ...known.output, ...named },
    ...(channels !== undefined && { channels }),
  });
  const fields = Object.entries(complete.output).filter(([key]) => key !== 'labels');
  const contract = { ...complete, output: Object.fromEntries(fields) as unknown as ModelContract['output'] };
  return {
    contract,
    ...(labels && { labels }),
    findings: disagreements.map((disagreement) => finding(folder, disagreement)),
    ...(input && output && { graph: { input, output } }),
  };
}

/** Everything that says something, in the order of its say. */
async function readingsOf(
  { facts, network }: TruthQuestion,
  near: Surroundings,
  { input, output }: { readonly input: InputChoice | undefined; readonly output: OutputChoice | undefined },
): Promise<readonly SourceReading[]> {
  const readings: SourceReading[] = [];
  if (input?.kind === 'chosen') readings.push({ origin: { from: 'graph' }, input: inputOfGraph(input.input) });
  if (output?.kind === 'chosen') readings.push(...outputReadings(output));
  if (network !== undefined) readings.push(...networkReadings(network).known);
  for (const source of contractSources) readings.push(...(await source.read({ near, ...(facts && { facts }) })));
  if (network !== undefined) readings.push(networkReadings(network).assumed);
  return readings;
}

/** What a network says by itself comes first, what is only usual for it last. */
function networkReadings(network: NonNullable<TruthQuestion['network']>): {
  readonly known: readonly SourceReading[];
  readonly assumed: SourceReading;
} {
  const { input, output, origins = {} } = network;
  const known: SourceReading[] = [];
  for (const [field, origin] of Object.entries(parseOrigins(origins))) {
    if (origin.from === 'assumed') continue;
    const half: Readonly<Record<string, unknown>> = { ...(field.startsWith('input.') ? input : output) };
    const key = keyOf(field as ContractField);
    const value = { [key]: half[key] };
    known.push({ origin, ...(field.startsWith('input.') ? { input: value } : { output: value }) });
  }
  return { known, assumed: { origin: { from: 'assumed' }, ...(input && { input }), ...(output && { output }) } };
}

/** The choice among several outputs may be a guess, which what the chosen one says is not. */
function outputReadings({ output, others, sure }: Extract<OutputChoice, { kind: 'chosen' }>): readonly SourceReading[] {
  const { name, ...rest } = outputOfGraph(output, others.length === 0);
  const chosen: SourceReading[] = [{ origin: { from: 'graph' }, output: rest }];
  if (name !== undefined) chosen.push({ origin: { from: sure ? 'graph' : 'assumed' }, output: { name } });
  return chosen;
}

function finding(folder: string, { field, taken, other }: Disagreement): Finding {
  const [file] = [other.origin, taken.origin].flatMap((origin) => (origin.from === 'file' ? [origin.file] : []));
  const told = (reading: Disagreement['taken']): string =>
    `${JSON.stringify(reading.value)} (${reading.origin.from === 'file' ? reading.origin.file : 'the graph'})`;
  return {
    code: 'contract-disagreement',
    severity: 'warning',
    message: `${field}: ${told(taken)} and ${told(other)} contradict each other; the first one is taken.`,
    remedy: `Look which one is right, and write it as ${field} into model-deck.yaml.`,
    ...(file !== undefined && { location: { path: path.join(folder, file), line: 0, column: 0 } }),
  };
}
