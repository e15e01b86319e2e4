import type { DetectedWeights, Detection } from '../../packaging/read/detection.ts';
import type { ModelSpec, Provenance } from '../../packaging/spec/modelSpec.ts';
import type { Answers, PickStep, PlainQuestion } from '../core/questions.ts';

/** The questions by name. */
export type PackageQuestion =
  'weights' | 'extent' | 'name' | 'version' | 'modelFile' | 'handler' | 'labels' | 'source' | 'licence';

/** What is asked: all, what has no sensible answer, or first whether all is wanted. */
export type AskedExtent = 'all' | 'unknown' | 'choose';

/** Value of the pick that asks for all. */
const advanced = 'advanced';

/** Stands for "none" in a pick: an empty value would read as unanswered. */
const none = '-';
export const onnxHandler = 'model-deck:onnx-image-classifier';
const torchHandler = 'model-deck:image-classifier';
const builtInHandlers = ['image_classifier', 'object_detector', 'image_segmenter', 'text_classifier', 'base_handler'];

/** The questions of the first packaging. Pure: what is asked depends on the detection and the answers alone. */
export function packageQuestions(
  detection: Detection,
  first: ModelSpec,
  extent: AskedExtent = 'all',
): readonly PlainQuestion<PackageQuestion>[] {
  return allQuestions(detection, first, extent).map((question) => ({
    ...question,
    ask: (answers) => (isAsked(question.key, detection, first, extent, answers) ? question.ask(answers) : undefined),
  }));
}

/** Whether a question is put: by who asks for all of them always, else only where nothing sensible is known. */
function isAsked(
  key: PackageQuestion,
  detection: Detection,
  first: ModelSpec,
  extent: AskedExtent,
  answers: Answers<PackageQuestion>,
): boolean {
  if (key === 'weights' || key === 'extent' || extent === 'all' || answers.extent === advanced) return true;
  const { modelFiles, handlers } = detection.candidates;
  if (key === 'modelFile') return modelFiles.length > 1;
  if (key === 'handler') return handlers.length > 0;
  if (key !== 'labels') return false;
  const { labels, output } = chosenSuggestion(detection, first, answers);
  return (labels ?? output?.labels) === undefined;
}

function allQuestions(
  detection: Detection,
  first: ModelSpec,
  extent: AskedExtent,
): readonly PlainQuestion<PackageQuestion>[] {
  const usable = usableWeights(detection);
  const weightsOf = (answers: Answers<PackageQuestion>): DetectedWeights | undefined =>
    usable.find((weights) => weights.path === (answers.weights ?? first.weights));
  const suggestionOf = (answers: Answers<PackageQuestion>): ModelSpec => chosenSuggestion(detection, first, answers);
  return [
    {
      key: 'weights',
      decides: true,
      ask: () =>
        usable.length < 2
          ? undefined
          : pick(
              'Choose the weights',
              usable.map((weights) => choice(weights.path, weights.explanation)),
              first.weights,
            ),
    },
    {
      key: 'extent',
      decides: true,
      ask: (answers) => (extent === 'choose' ? extentStep(suggestionOf(answers)) : undefined),
    },
    {
      key: 'name',
      ask: () => ({
        kind: 'input',
        prompt: 'Model name, used for the archive and in the URL',
        value: first.name,
        validate: (value) =>
          /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(value)
            ? undefined
            : 'Use letters, digits, - and _, and begin with a letter or digit. TorchServe under KServe does not find names with a dot.',
      }),
    },
    {
      key: 'version',
      ask: () => ({
        kind: 'input',
        prompt: 'Version of the model',
        value: first.version,
        validate: (value) => (/^[\w.+-]+$/.test(value) ? undefined : 'For example 1.0'),
      }),
    },
    {
      key: 'modelFile',
      ask: (answers) =>
        hasNoCode(weightsOf(answers)) && suggestionOf(answers).architecture === undefined
          ? pick(
              'Choose the Python file with the model class',
              detection.candidates.modelFiles.map((file) => choice(file)),
              suggestionOf(answers).modelFile,
            )
          : undefined,
    },
    {
      key: 'handler',
      ask: (answers) => {
        const own = detection.candidates.handlers.map((file) => choice(file, 'in this folder'));
        const generated = choice(onnxHandler, 'written by Model Deck; the same archive runs here and in TorchServe');
        const torch = choice(torchHandler, 'written by Model Deck; follows what the model takes and gives');
        const builtIn = builtInHandlers.map((name) => choice(name, 'built into TorchServe'));
        const isOnnx = weightsOf(answers)?.kind === 'onnx';
        return pick(
          'Choose the handler, which turns requests into predictions',
          isOnnx ? [generated, ...own] : [torch, ...own, ...builtIn],
          suggestionOf(answers).handler,
        );
      },
    },
    {
      key: 'labels',
      ask: (answers) => {
        const { labels } = suggestionOf(answers);
        const files = new Set([...detection.candidates.labels, ...(labels === undefined ? [] : [labels])]);
        if (files.size === 0) return undefined;
        const items = [...[...files].map((file) => choice(file)), choice(none, 'predictions have class numbers')];
        return pick('Choose the file that names the classes', items, labels ?? none);
      },
    },
    {
      key: 'source',
      ask: () => ({
        kind: 'input',
        prompt: 'Source of the model (optional). It is kept with the model, so that predictions can be traced.',
        placeholder: 'for example torch.hub pytorch/vision resnet18',
        value: first.provenance?.source ?? '',
      }),
    },
    {
      key: 'licence',
      ask: () => ({
        kind: 'input',
        prompt: 'Licence of the model (optional)',
        placeholder: 'for example Apache-2.0',
        value: first.provenance?.licence ?? '',
      }),
    },
  ];
}

/** What was read about the weights that the user has chosen: nothing of other weights is carried over. */
export function chosenSuggestion(
  { suggestions }: Detection,
  first: ModelSpec,
  answers: Answers<PackageQuestion>,
): ModelSpec {
  if (answers.weights === undefined || answers.weights === first.weights) return first;
  return suggestions[answers.weights]?.spec ?? first;
}

/** Without answers to questions that other weights had asked, and that are not asked any more. */
export function onlyAsked(
  questions: readonly PlainQuestion<PackageQuestion>[],
  answers: Answers<PackageQuestion>,
): Answers<PackageQuestion> {
  const asked = new Set<string>(questions.flatMap(({ key, ask }) => (ask(answers) === undefined ? [] : [key])));
  return Object.fromEntries(Object.entries(answers).filter(([key]) => asked.has(key)));
}

/** The spec with the answers laid over the suggestion, which is that of the chosen weights. */
export function specFromAnswers(answers: Answers<PackageQuestion>, suggestion: ModelSpec): ModelSpec {
  const { modelFile, architecture, labels, preprocessing, input, output, origins, provenance, ...rest } = suggestion;
  const handler = answers.handler ?? suggestion.handler;
  // The network and the contract were read in the weights of the suggestion.
  const isSuggested = (answers.weights ?? suggestion.weights) === suggestion.weights;
  const chosenModelFile = answers.modelFile ?? (isSuggested ? modelFile : undefined);
  const chosenLabels = answers.labels ?? labels;
  const traced: Provenance = {
    ...provenance,
    ...(answers.source && { source: answers.source }),
    ...(answers.licence && { licence: answers.licence }),
  };
  return {
    ...rest,
    ...(answers.name && { name: answers.name }),
    ...(answers.version && { version: answers.version }),
    ...(answers.weights && { weights: answers.weights }),
    handler,
    ...(chosenModelFile && { modelFile: chosenModelFile }),
    ...(chosenLabels && chosenLabels !== none && { labels: chosenLabels }),
    ...(architecture && isSuggested && chosenModelFile === undefined && { architecture }),
    ...contractFields(handler, isSuggested ? { preprocessing, input, output, origins } : { preprocessing }),
    ...(Object.keys(traced).length > 0 && { provenance: traced }),
  };
}

type ContractFields = Pick<ModelSpec, 'preprocessing' | 'input' | 'output' | 'origins'>;

/** What the generated handlers follow; others would not read it. */
function contractFields(
  handler: string,
  fields: { readonly [Key in keyof ContractFields]: ContractFields[Key] | undefined },
): ContractFields {
  const { preprocessing, input, output, origins } = fields;
  const contract = { ...(input && { input }), ...(output && { output }), ...(origins && { origins }) };
  if (handler === torchHandler) return contract;
  return handler === onnxHandler ? { ...(preprocessing && { preprocessing }), ...contract } : {};
}

/** Whether the weights are tensors alone, so that they need a class or a network that is recognised. */
function hasNoCode(weights: DetectedWeights | undefined): boolean {
  return weights !== undefined && ['eager-state-dict', 'checkpoint', 'safetensors'].includes(weights.kind);
}

/** The weights of a folder that can be packaged: a spec fits them. */
export function usableWeights({ weights, suggestions }: Detection): readonly DetectedWeights[] {
  return weights.filter(({ path }) => suggestions[path] !== undefined);
}

/** Left out where there is one choice. */
function pick(prompt: string, items: PickStep['items'], value: string | undefined): PickStep | undefined {
  return items.length < 2 ? undefined : { kind: 'pick', prompt, items, ...(value !== undefined && { value }) };
}

/** Package it as it was read, or answer everything. */
function extentStep({ name, version, weights, handler, labels }: ModelSpec): PickStep {
  const read = [weights, labels !== undefined && `labels of ${labels}`, handler].filter(Boolean).join(' · ');
  return {
    kind: 'pick',
    prompt: 'Package the model as it was read, or choose everything yourself',
    value: 'suggested',
    items: [
      { value: 'suggested', label: `$(package) Package ${name} ${version}`, detail: read },
      {
        value: advanced,
        label: '$(settings-gear) Advanced…',
        detail: 'Name, version, handler, labels, source and licence',
      },
    ],
  };
}

function choice(value: string, description?: string): PickStep['items'][number] {
  return { value, label: value === none ? 'None' : value, ...(description !== undefined && { description }) };
}
