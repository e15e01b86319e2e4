import { describeContract } from '../../contract/describeContract.ts';
import { assumedFields, type ModelContract } from '../../contract/modelContract.ts';
import { confirmFields } from '../../contract/origins.ts';
import { chosenLabel } from '../../inference/answers/chosenLabel.ts';
import type { ClassValue, Interpretation } from '../../inference/index.ts';
import { longestValue } from '../messages/classifyMessages.ts';
import { longestLabel, mostAssumed, mostNotes, mostTopK } from '../messages/classifyState.ts';
import { longestSentence } from '../messages/shownFailure.ts';
import { mostExamples, mostPictures, type TryOutcome, type TryState } from '../messages/tryMessages.ts';
import { clip, describeFailure } from '../showFailure.ts';
import { controlViews, withChoice } from './tryControls.ts';

/** What answers for a picture; its answer is plain data, wherever it was computed. */
export interface TriedModel {
  ask(
    picture: Uint8Array,
    contract: ModelContract,
  ): Promise<{
    readonly interpretation: Interpretation;
    readonly seen: { readonly url: string; readonly notes: readonly string[] };
  }>;
}

/** A picture that can be tried. */
export interface TryPicture {
  /** Names it: its path relative to the model folder with `/`, else its absolute path. */
  readonly id: string;
  readonly name: string;
  readonly read: () => Promise<Uint8Array>;
}

/** A picture with the label that it has to get. */
export interface KeptExample {
  readonly image: string;
  readonly label: string;
}

export interface TrySessionOptions {
  readonly title: string;
  readonly contract: ModelContract;
  readonly pictures: readonly TryPicture[];
  readonly model: Promise<TriedModel>;
  readonly onChange: () => void;
}

/** What is tried and how it came out. Knows neither the page nor `vscode`. */
export class TrySession {
  private contract: ModelContract;
  private pictures: readonly TryPicture[];
  private picture: TryPicture | undefined;
  private outcome: TryOutcome = { state: 'empty' };
  private label: string | undefined;
  private isLoaded = false;
  /** Counts the questions: an answer to an older one is dropped. */
  private asked = 0;
  private readonly kept = new Map<string, string>();

  constructor(private readonly options: TrySessionOptions) {
    this.contract = options.contract;
    this.pictures = options.pictures.slice(0, mostPictures);
    options.model.then(
      () => (this.isLoaded = true),
      () => undefined,
    );
  }

  /** Shows the first picture, where there is one. Resolves when it has its answer. */
  start(): Promise<void> {
    this.picture = this.pictures[0];
    return this.ask();
  }

  choosePicture(id: string): Promise<void> {
    this.picture = this.pictures.find((known) => known.id === id) ?? this.picture;
    return this.ask();
  }

  /** A picture that was browsed for; it becomes the first of the list. */
  addPicture(picture: TryPicture): Promise<void> {
    const others = this.pictures.filter(({ id }) => id !== picture.id);
    this.pictures = [picture, ...others].slice(0, mostPictures);
    this.picture = picture;
    return this.ask();
  }

  change(control: string, option: string): Promise<void> {
    this.contract = withChoice(this.contract, control, option);
    return this.ask();
  }

  /** Keeps the picture with the label that it has now. */
  keepExample(): void {
    if (this.picture === undefined || this.label === undefined || this.kept.size >= mostExamples) return;
    this.kept.set(this.picture.id, this.label);
    this.options.onChange();
  }

  /** The contract as it stands, with what is assumed still marked so. */
  current(): ModelContract {
    return this.contract;
  }

  /** The contract after the user said that it is right. */
  confirmed(): ModelContract {
    return confirmFields(this.contract, assumedFields(this.contract));
  }

  examples(): readonly KeptExample[] {
    return Array.from(this.kept, ([image, label]) => ({ image, label }));
  }

  state(): TryState {
    return {
      title: clip(this.options.title, longestLabel),
      controls: controlViews(this.contract),
      rows: describeContract(this.contract)
        .slice(0, mostAssumed)
        .map((row) => ({ ...row, value: clip(row.value, longestValue), origin: clip(row.origin, longestLabel) })),
      pictures: this.pictures.map(({ id, name }) => ({ id: clip(id, 500), name: clip(name, longestLabel) })),
      ...(this.picture && { picture: clip(this.picture.id, 500) }),
      outcome: this.outcome,
      examples: this.examples().map(({ image, label }) => ({
        image: clip(image, longestLabel),
        label: clip(label, longestLabel),
      })),
    };
  }

  private async ask(): Promise<void> {
    const { picture, contract } = this;
    const turn = ++this.asked;
    this.label = undefined;
    if (picture === undefined) return this.show({ state: 'empty' });
    this.show({ state: 'running', isLoading: !this.isLoaded });
    try {
      const model = await this.options.model;
      const { interpretation, seen } = await model.ask(await picture.read(), contract);
      if (turn !== this.asked) return;
      this.label = chosenLabel(interpretation);
      this.show(doneView(interpretation, seen, this.label));
    } catch (error) {
      if (turn === this.asked) this.show({ state: 'failed', failure: describeFailure(error) });
    }
  }

  private show(outcome: TryOutcome): void {
    this.outcome = outcome;
    this.options.onChange();
  }
}

function doneView(
  { kind, values, notes }: Interpretation,
  seen: { readonly url: string; readonly notes: readonly string[] },
  keeps: string | undefined,
): TryOutcome {
  return {
    state: 'done',
    kind,
    predictions: values.slice(0, mostTopK).map((value) => predictionView(value, kind)),
    classCount: values.length,
    url: seen.url,
    notes: [...notes, ...seen.notes].slice(0, mostNotes).map((note) => clip(note, longestSentence)),
    ...(keeps !== undefined && { keeps: clip(keeps, longestLabel) }),
  };
}

function predictionView(
  { label, index, value, counts }: ClassValue,
  kind: Interpretation['kind'],
): Extract<TryOutcome, { state: 'done' }>['predictions'][number] {
  const unnamed = index === undefined ? 'unnamed' : `${kind === 'numbers' ? 'number' : 'class'} ${index}`;
  return {
    label: clip(label ?? unnamed, longestLabel),
    ...(value !== undefined && Number.isFinite(value) && { value }),
    ...(counts !== undefined && { counts }),
  };
}
