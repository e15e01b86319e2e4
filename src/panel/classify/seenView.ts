import { describeContract } from '../../contract/describeContract.ts';
import type { ModelContract } from '../../contract/modelContract.ts';
import type * as Inference from '../../inference/index.ts';
import { longestValue, type SeenView } from '../messages/classifyMessages.ts';
import { longestLabel, mostAssumed, mostNotes } from '../messages/classifyState.ts';
import { longestSentence } from '../messages/shownFailure.ts';
import { clip, describeFailure } from '../showFailure.ts';
import type { ImageInput } from './sessionImages.ts';

/** What the model sees of a picture, and by which contract; where that cannot be shown, why. */
export async function seenView(
  image: ImageInput,
  contract: ModelContract | undefined,
  inference: () => Promise<typeof Inference>,
): Promise<SeenView> {
  if (!contract) {
    const note = 'The package of this model is not known here, so that nothing says how the picture is prepared.';
    return { notes: [note], rows: [] };
  }
  const rows = describeContract(contract)
    .slice(0, mostAssumed)
    .map(({ field, label, value, origin, assumed }) => ({
      field,
      label: clip(label, longestLabel),
      value: clip(value, longestValue),
      origin: clip(origin, longestLabel),
      assumed,
    }));
  try {
    const { seenPicture } = await inference();
    const { url, notes } = await seenPicture(await image.read(), contract.input);
    return { url, notes: notes.slice(0, mostNotes).map((note) => clip(note, longestSentence)), rows };
  } catch (error) {
    return { notes: [describeFailure(error).reason], rows };
  }
}
