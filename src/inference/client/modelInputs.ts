import type { ModelContract } from '../../contract/modelContract.ts';
import { parseV2ModelMetadata, parseV2ServerMetadata, v2ModelPath, v2ServerPath } from '../../kserve/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { readsBinaryTensors } from './binaryTensors.ts';
import type { HttpAnswer } from './httpExchange.ts';
import { chooseModelInput, type ModelInput } from './modelInput.ts';
import { isRefusal, statusError } from './statusError.ts';

/** Asks the server, by GET, for a path behind its address. */
type Ask = (path: string) => Promise<HttpAnswer>;

/** What the models of one server take, found out once for each. */
export class ModelInputs {
  private readonly known = new Map<string, Promise<ModelInput>>();
  private bytes: Promise<boolean> | undefined;

  /**
   * Servers that say nothing about their models are sent the image file.
   * @param contract asked for only where the server says something
   * @throws ModelDeckError as `chooseModelInput`, and for a server that refuses the question
   */
  read(endpoint: Endpoint, ask: Ask, contract: () => Promise<ModelContract | undefined>): Promise<ModelInput> {
    const { modelName } = endpoint;
    const reading = this.known.get(modelName) ?? this.find(endpoint, ask, contract);
    this.known.set(modelName, reading);
    reading.catch(() => this.known.get(modelName) === reading && this.known.delete(modelName));
    return reading;
  }

  /** What is known of a model now. */
  of(modelName: string): Promise<ModelInput> | undefined {
    return this.known.get(modelName);
  }

  /** The server did not read bytes, and read the numbers: from now on it gets those. */
  sendNumbers(modelName: string, input: ModelInput): void {
    this.bytes = Promise.resolve(false);
    this.known.set(modelName, Promise.resolve(input));
  }

  private async find(
    endpoint: Endpoint,
    ask: Ask,
    contract: () => Promise<ModelContract | undefined>,
  ): Promise<ModelInput> {
    const answer = await ask(v2ModelPath(endpoint.modelName));
    if (isRefusal(answer)) throw statusError(endpoint, answer, 0);
    const metadata = answer.status === 200 ? parseV2ModelMetadata(answer.body) : undefined;
    const known = metadata && (await contract());
    const input = chooseModelInput(metadata, { ...endpoint, ...(known && { contract: known }) });
    if (input.kind === 'encoded') return input;
    return { ...input, asBytes: await this.readsBytes(ask) };
  }

  private async readsBytes(ask: Ask): Promise<boolean> {
    this.bytes ??= ask(v2ServerPath).then(({ status, body }) =>
      readsBinaryTensors(status === 200 ? parseV2ServerMetadata(body) : undefined),
    );
    try {
      return await this.bytes;
    } catch (error) {
      this.bytes = undefined;
      throw error;
    }
  }
}
