import { readFile } from 'node:fs/promises';
import type { ModelContract } from '../../../contract/modelContract.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { interpret, modelAnswer, seenPicture } from '../../../inference/index.ts';
import type { TrialAnswer, TriedGraph } from '../../trialMessages.ts';
import { predictionText } from '../prediction.ts';
import { classRows } from './classRows.ts';
import { ModelInput } from './graphInput.ts';
import { openSession } from './openSession.ts';

/** A loaded graph that answers for one picture by whatever contract it is asked with. */
export interface TriedModel {
  /** @throws ModelDeckError for a picture that is not read, and for a contract that does not fit the graph */
  ask(picture: Uint8Array, contract: ModelContract, signal: AbortSignal): Promise<TrialAnswer>;
}

/**
 * Loads a graph from the folder where it lies, as the local server loads it from an archive; nothing is written.
 * @throws ModelDeckError when a file cannot be read, or ONNX Runtime cannot load the graph
 */
export async function tryGraph(
  { graph, externalData, inputName }: TriedGraph,
  log: (line: string) => void,
): Promise<TriedModel> {
  const session = await openSession(
    {
      graph: await contentOf(graph),
      externalData: await Promise.all(
        externalData.map(async ({ path, file }) => ({ path, data: await contentOf(file) })),
      ),
      name: graph,
    },
    inputName,
    log,
  );
  return {
    ask: async (picture, contract, signal) => {
      const input = new ModelInput(session, contract.input);
      const outputs = await input.run([await input.ofInstance(picture, 'The picture', signal)]);
      const { classes, labels } = contract.output;
      const [row = []] = classRows(outputs, contract.output, classes ?? labels?.length);
      // Through the text of the local server, so that what is shown here is what is shown of it later.
      const text = `{"predictions":[${predictionText(row, contract.output)}]}`;
      const interpretation = interpret(modelAnswer(text, 'v1'), { contract });
      return { interpretation, seen: await seenPicture(picture, contract.input) };
    },
  };
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(error, 'read the model', file);
  }
}
