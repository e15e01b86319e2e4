import type { StoredModel } from '../stores/modelStore.ts';
import type { Deployment } from '../targets/target.ts';

/** What a row stands for; commands read it when they are run from the row's menu. */
export type NodeSubject =
  | { readonly kind: 'target'; readonly targetId: string }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'deployment'; readonly deployment: Deployment }
  | { readonly kind: 'store'; readonly folder: string }
  | { readonly kind: 'model'; readonly model: StoredModel }
  | { readonly kind: 'problem'; readonly error: unknown }
  | ClusterSubject;

/** What lies in a namespace of a cluster. Names are those of Kubernetes; `contextName` is the kubeconfig's. */
export type ClusterSubject =
  | { readonly kind: 'namespace'; readonly contextName: string; readonly namespace: string }
  | ServiceSubject
  | {
      readonly kind: 'component';
      readonly contextName: string;
      readonly namespace: string;
      readonly service: string;
      readonly component: ComponentName;
    }
  | PodSubject
  | ({ readonly kind: 'container'; readonly container: string } & Omit<PodSubject, 'kind'>)
  | {
      readonly kind: 'claim';
      readonly contextName: string;
      readonly namespace: string;
      readonly claim: string;
      /** `pvc:<context>/<namespace>/<claim>`, as in `StoredModel.storeId`. */
      readonly storeId: string;
    }
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
  /** `kserve:<context>/<namespace>/<name>`: what `KServeTarget` knows it by. */
  readonly deploymentId: string;
}

export interface PodSubject {
  readonly kind: 'pod';
  readonly contextName: string;
  readonly namespace: string;
  readonly pod: string;
  readonly containers: readonly string[];
}

/** KServe's components of an InferenceService, as the label `component` of their pods says them. */
export type ComponentName = 'predictor' | 'transformer' | 'explainer';

/** A row of either tree, without any type of the editor, so that it can be tested as data. */
export interface TreeNode {
  /** Built from its ancestors' ids; stable over refreshes, so that the selection survives. */
  readonly id: string;
  readonly label: string;
  /** One word when something is not healthy or needs saying; nothing otherwise. */
  readonly description?: string;
  /** A codicon's name and, where the state matters, a theme colour. */
  readonly icon: { readonly name: string; readonly color?: string };
  /** Tokens joined by `;`, matched by the menus' `viewItem =~` clauses. The first is the kind of the row. */
  readonly contextValue: string;
  readonly subject: NodeSubject;
  /** What a screen reader says; the label and description when left out. */
  readonly spoken?: string;
  readonly expanded?: boolean;
  /** Called when the row is expanded. */
  readonly children?: () => Promise<readonly TreeNode[]>;
  /** Markdown; called when the pointer rests on the row. */
  readonly tooltip?: () => Promise<string>;
  /** Command to run when the row is chosen. */
  readonly open?: { readonly command: string; readonly title: string };
}
