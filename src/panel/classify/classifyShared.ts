import type * as vscode from 'vscode';
import type * as Inference from '../../inference/index.ts';
import type { Targets } from '../../targets/targets.ts';
import type { AnswerDocuments } from './answerDocuments.ts';
import type { EndpointConnections } from './endpointConnections.ts';
import type { SessionFiles } from './sessionFiles.ts';

/** What all panels share. */
export interface ClassifyShared {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly inference: () => Promise<typeof Inference>;
  readonly targets: Pick<Targets, 'ofDeployment'>;
  readonly connections: EndpointConnections;
  readonly documents: AnswerDocuments;
  readonly files: SessionFiles;
  /** How an endpoint is called where several are spoken of. */
  readonly nameOf: (endpointId: string) => string;
  readonly hasTarget: (endpointId: string) => boolean;
  /** Knows the targets' deployments from now on. */
  readonly watch: () => Promise<void>;
  /** Asks for one of the endpoints that are known. @param selected id of the one that is chosen now */
  readonly pickEndpoint: (selected: string | undefined, placeHolder?: string) => Promise<string | undefined>;
  /** Cancels what is on its way to an endpoint, in every panel. */
  readonly cancelOn: (endpointId: string) => void;
  readonly openBeside: (endpointId: string | undefined) => Promise<void>;
  readonly onError: (doing: string, error: unknown) => void;
}
