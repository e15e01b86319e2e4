import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ClassifyUpdate, ImageRequest } from '../messages/classifyMessages.ts';
import { longestLabel, mostImages, type OfferView } from '../messages/classifyState.ts';
import { imageExtensions } from '../messages/pictureFolders.ts';
import { exchangeView } from './answerViews.ts';
import type { ClassifyShared } from './classifyShared.ts';
import type { ClassifySession } from './classifySession.ts';
import { droppedUri, fileInput, folderPictures, heldInput, isFolder, noPictures, tooLarge } from './imageInputs.ts';
import { prettyJson } from './prettyJson.ts';
import { seenView } from './seenView.ts';
import type { ImageInput } from './sessionImages.ts';
import { compareEndpoints, type NamedEndpoint } from './compareEndpoints.ts';
import type { ComparisonView } from '../messages/comparison.ts';
import { clip, describeFailure } from '../showFailure.ts';

/** What the panel does for it. */
interface PanelWork {
  readonly send: (update: ClassifyUpdate) => void;
  readonly pickEndpoint: (placeHolder: string) => Promise<string | undefined>;
  /** Told of an endpoint that is asked. */
  readonly onUse: (endpointId: string) => void;
}

const droppedOrigin = 'Dropped or pasted';

/** What the user does with images and answers of a panel. */
export class PanelImages {
  /** Comparisons that are on their way, by the id of the image. */
  private readonly comparisons = new Map<string, AbortController>();

  constructor(
    private readonly session: ClassifySession,
    private readonly shared: Pick<ClassifyShared, 'connections' | 'documents' | 'inference' | 'nameOf'>,
    private readonly work: PanelWork,
  ) {}

  async answer(request: Exclude<ImageRequest, { readonly type: 'ready' }>): Promise<void> {
    const { session } = this;
    switch (request.type) {
      case 'set-top-k':
        return session.setTopK(request.topK);
      case 'browse':
        return this.browse();
      case 'add-file':
        return this.add([heldInput(request.name, request.content)]);
      case 'refuse-file':
        return session.refuse(request.name, droppedOrigin, refusal(request));
      case 'add-uris':
        return this.addDropped(request.uris);
      case 'classify':
        return session.classify(request.ids);
      case 'cancel':
        return session.cancel(request.ids);
      case 'remove':
        return session.remove(request.ids);
      case 'clear-history':
        return session.clearHistory();
      case 'show-exchange': {
        const answered = session.answered(request.id);
        if (!answered) return;
        const exchange = exchangeView(answered.exchange, answered.route);
        return this.work.send({ type: 'exchange', imageId: request.id, exchange });
      }
      case 'open-response': {
        const answered = session.answered(request.id);
        return answered && this.shared.documents.open(answered.name, prettyJson(answered.exchange.response.body));
      }
      case 'show-seen':
        return this.showSeen(request.id);
      case 'accept-offer':
        return this.acceptOffer(request.id, request.offer);
      case 'copy':
        return this.copy(request.id, request.as);
      case 'compare':
        return this.compare(request.id);
      case 'cancel-compare':
        return this.comparisons.get(request.id)?.abort();
    }
  }

  /** Nobody waits any more. */
  end(): void {
    for (const abort of this.comparisons.values()) abort.abort();
  }

  /** Files, and the pictures of folders. */
  async addUris(uris: readonly vscode.Uri[]): Promise<void> {
    const inputs: ImageInput[] = [];
    for (const uri of uris) {
      if (!(await isFolder(uri))) {
        inputs.push(fileInput(uri));
        continue;
      }
      const { name, origin } = fileInput(uri);
      try {
        const pictures = await folderPictures(uri);
        if (pictures.length === 0) throw noPictures(name);
        inputs.push(...pictures.map(fileInput));
      } catch (error) {
        this.session.refuse(name, origin, error);
      }
    }
    this.add(inputs);
  }

  private add(inputs: readonly ImageInput[]): void {
    if (inputs.length === 0) return;
    const refused = this.session.add(inputs);
    if (refused === 0) return;
    const what = refused === 1 ? 'One image was' : `${refused} images were`;
    void vscode.window.showWarningMessage(
      `${what} not added: at most ${mostImages} can wait at a time. Add more when these are done.`,
    );
  }

  private async browse(): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      title: 'Choose images to classify',
      openLabel: 'Classify',
      canSelectMany: true,
      filters: { Images: [...imageExtensions], 'All files': ['*'] },
    });
    if (chosen) this.add(chosen.map(fileInput));
  }

  private async addDropped(addresses: readonly string[]): Promise<void> {
    const uris: vscode.Uri[] = [];
    for (const address of addresses) {
      try {
        uris.push(droppedUri(address));
      } catch (error) {
        this.session.refuse(address, droppedOrigin, error);
      }
    }
    await this.addUris(uris);
  }

  /** The answer that came is read again; only where it is not here any more the endpoint is asked again. */
  private async acceptOffer(id: string, offer: OfferView['kind']): Promise<void> {
    const run = this.session.answered(id);
    if (!run) return;
    const { connections } = this.shared;
    connections.acceptOffer(run.endpointId, offer);
    const interpretation = run.result && (await connections.interpretation(run.endpointId, run.result));
    if (interpretation) this.session.reread(id, run, interpretation);
    else this.session.classify([id]);
  }

  private async copy(id: string, as: 'curl' | 'python'): Promise<void> {
    const answered = this.session.answered(id);
    if (!answered) return;
    const { endpoint, input } = await this.shared.connections.described(answered.endpointId);
    const { asCurl, asPython } = await this.shared.inference();
    await vscode.env.clipboard.writeText((as === 'curl' ? asCurl : asPython)(endpoint, answered.fileName, input));
    const text = as === 'curl' ? 'The curl command is copied.' : 'The Python code is copied.';
    vscode.window.setStatusBarMessage(text, 5000);
    this.work.send({ type: 'notice', text });
  }

  /** The picture is asked about again at both, so that the answers are of the same moment. */
  private async compare(imageId: string): Promise<void> {
    const firstId = this.session.answered(imageId)?.endpointId;
    const input = this.session.inputOf(imageId);
    if (firstId === undefined || !input) return;
    const secondId = await this.work.pickEndpoint('Choose the endpoint to compare with');
    if (secondId === undefined) return;
    const named = (id: string): NamedEndpoint => ({ id, name: clip(this.shared.nameOf(id), longestLabel) });
    const [first, second] = [named(firstId), named(secondId)] as const;
    const abort = new AbortController();
    const send = (comparison: ComparisonView): void => {
      // A newer comparison has taken over.
      if (this.comparisons.get(imageId) === abort) this.work.send({ type: 'comparison', imageId, comparison });
    };
    this.comparisons.get(imageId)?.abort();
    this.comparisons.set(imageId, abort);
    for (const { id } of [first, second]) this.work.onUse(id);
    send({ state: 'running', second: second.name });
    try {
      send(await compareEndpoints(await input.read(), [first, second], this.shared, abort.signal));
    } catch (error) {
      const outcome = abort.signal.aborted
        ? ({ state: 'cancelled' } as const)
        : ({ state: 'failed', failure: describeFailure(error) } as const);
      send({ ...outcome, second: second.name });
    }
  }

  private async showSeen(imageId: string): Promise<void> {
    const endpointId = this.session.answered(imageId)?.endpointId;
    const input = this.session.inputOf(imageId);
    if (endpointId === undefined || !input) return;
    const contract = await this.shared.connections.contract(endpointId);
    this.work.send({ type: 'seen', imageId, seen: await seenView(input, contract, this.shared.inference) });
  }
}

function refusal({ name, size, why }: Extract<ImageRequest, { readonly type: 'refuse-file' }>): ModelDeckError {
  switch (why) {
    case 'too-large':
      return tooLarge(name, size);
    case 'no-pictures':
      return noPictures(name);
    case 'unreadable':
      return new ModelDeckError('invalid-input', `${name} could not be read.`, {
        remedy: 'Choose the file with Browse…, which says why.',
      });
  }
}
