import type { ServiceComponent } from '../kserve/pods.ts';
import type { ServiceSummary } from '../kserve/serviceSummary.ts';
import type { StoredModel } from '../stores/modelStore.ts';
import type { Deployment } from '../targets/target.ts';

/** What a row stands for; commands read it when they are run from the row's menu. */
export type NodeSubject =
  | { readonly kind: 'target'; readonly targetId: string }
  /** `file` defines it; `error` is why it cannot be read. */
  | { readonly kind: 'context'; readonly name: string; readonly file?: string; readonly error?: unknown }
  | { readonly kind: 'deployment'; readonly deployment: Deployment }
  | StoreSubject
  | { readonly kind: 'model'; readonly model: StoredModel }
  | { readonly kind: 'problem'; readonly error: unknown }
  /** A word to the user, nothing to work with. */
  | { readonly kind: 'note' }
  | ClusterSubject;

/** A store that this computer knows. */
export interface StoreSubject {
  readonly kind: 'store';
  /** As in `StoredModel.storeId`. */
  readonly storeId: string;
  /** Absolute, for a store that is a folder of this computer. */
  readonly folder?: string;
}

/** What lies in a namespace of a cluster. Names are those of Kubernetes; `contextName` is the kubeconfig's. */
export type ClusterSubject =
  | { readonly kind: 'namespace'; readonly contextName: string; readonly namespace: string }
  | ServiceSubject
  | {
      readonly kind: 'component';
      readonly contextName: string;
      readonly namespace: string;
      readonly service: string;
      readonly component: ServiceComponent;
    }
  | PodSubject
  | ({ readonly kind: 'container'; readonly container: string } & Omit<PodSubject, 'kind'>)
  | ClaimSubject
  /** A ServingRuntime, or a ClusterServingRuntime where there is no namespace. */
  | { readonly kind: 'runtime'; readonly contextName: string; readonly namespace?: string; readonly runtime: string }
  /** The row above them. */
  | { readonly kind: 'runtimes'; readonly contextName: string; readonly namespace?: string };

/** An InferenceService. */
export interface ServiceSubject {
  readonly kind: 'service';
  readonly contextName: string;
  readonly namespace: string;
  readonly name: string;
  /** As `formatServiceRef` makes it: what `KServeTarget` knows it by. */
  readonly deploymentId: string;
  readonly summary: ServiceSummary;
}

/** A PersistentVolumeClaim. */
export interface ClaimSubject {
  readonly kind: 'claim';
  readonly contextName: string;
  readonly namespace: string;
  readonly claim: string;
  /** As in `StoredModel.storeId`. */
  readonly storeId: string;
}

export interface PodSubject {
  readonly kind: 'pod';
  readonly contextName: string;
  readonly namespace: string;
  readonly pod: string;
  readonly containers: readonly string[];
}

/** A row of either tree, without any type of the editor, so that it can be tested as data. */
export interface TreeNode {
  /** Built from its ancestors' ids; stable over refreshes, so that the selection survives. */
  readonly id: string;
  readonly label: string;
  /** One word when something is not healthy or needs saying; nothing otherwise. */
  readonly description?: string;
  /** A codicon's name and, where the state matters, a theme colour. */
  readonly icon: { readonly name: string; readonly color?: string };
  /** Made by {@link contextValue}; matched by the menus' `viewItem =~` clauses. The first word is the kind of the row. */
  readonly contextValue: string;
  readonly subject: NodeSubject;
  /** What a screen reader says; the label and description when left out. */
  readonly spoken?: string;
  readonly expanded?: boolean;
  /** What the row was made of. Another object makes it another row, even when it looks the same. */
  readonly made?: unknown;
  /** Called when the row is expanded. */
  readonly children?: () => Promise<readonly TreeNode[]>;
  /** What feeds the children. The same object as long as the row is the same. */
  readonly live?: Live;
  /** Markdown; called when the pointer rests on the row. */
  readonly tooltip?: () => Promise<string>;
  /** Command to run when the row is chosen. */
  readonly open?: {
    readonly command: string;
    readonly title: string;
    /** The row itself when left out. */
    readonly arguments?: readonly unknown[];
  };
  /** Of a row that says what went wrong: tries that again. */
  readonly retry?: () => void;
  /** What happens when the row is chosen, where that needs no command of the manifest; `title` says it in a few words. */
  readonly choose?: { readonly title: string; readonly run: () => void };
}

/** Follows something for the children of a row, and only while they are on the screen. */
export interface Live {
  /** They are on the screen: start, or go on. */
  readonly show: () => void;
  /** They are not: rest, and keep what is known. */
  readonly hide: () => void;
  /** The row is gone. */
  readonly close: () => void;
}
