/** A Python handler that Model Deck writes into an archive. A new one is a file and a line in `generatedHandlers.ts`. */
export interface GeneratedHandler {
  /** The value of `handler` in model-deck.yaml that asks for it. */
  readonly id: string;
  /** Its file in the archive. */
  readonly file: string;
  /** Which weights it runs. */
  readonly runs: 'onnx' | 'torch';
  /** Python 3.8 or newer. */
  readonly source: string;
}
