import * as vscode from 'vscode';
import { ClaimRows } from '../views/clusters/claimRows.ts';
import { clusterReader } from '../views/clusters/clusterReader.ts';
import { ClusterRows } from '../views/clusters/clusterRows.ts';
import { clusterNodes } from '../views/clustersTree.ts';
import { chooseCommand, DeckTree } from '../views/deckTree.ts';
import { DeckRow } from '../views/shownRows.ts';
import { storeNodes } from '../views/storesTree.ts';
import type { TreeNode } from '../views/treeNode.ts';
import type { KubeClusters } from './clusters/kubeClusters.ts';
import type { CommandRunner } from './core/commandRunner.ts';
import { reached } from './core/milestones.ts';
import type { Services } from './core/services.ts';

/** Both trees of Model Deck and what feeds them. */
export interface DeckViews extends vscode.Disposable {
  readonly claims: ClaimRows;
  /** The user asks for everything again; what failed is tried again. */
  readonly refresh: () => void;
  readonly refreshStores: () => void;
  /** The models of one store have changed. */
  readonly storeChanged: (storeId: string) => void;
  /** Something of "This computer" changed. */
  readonly refreshThisComputer: () => void;
  /** The user has named a namespace, or forgot one. */
  readonly namespacesChanged: () => void;
  /** The button of a row that says what went wrong. @param row as the editor hands it over */
  readonly tryAgain: (row: unknown) => void;
}

export function deckViews(services: Services, kube: KubeClusters, runner: CommandRunner): DeckViews {
  const reader = clusterReader(services.clusters);
  const rows = new ClusterRows({
    reader,
    kubeconfig: async () => (await services.clusters()).kubeconfig(),
    waitingFor: (contextName) => kube.waitingFor(contextName),
    typedNamespaces: (contextName) => services.namespaces.of(contextName),
    changed: (id) => clusters.changed(id),
    namespacesChanged: () => {
      if (rows.answering().length > 0) reached('clusterOpened');
      stores.changed();
    },
  });
  const claims = new ClaimRows({
    reader,
    contexts: () => rows.answering(),
    changed: (id) => stores.changed(id),
  });
  // In Restricted Mode there are no rows: the views show their welcome, with the button that grants trust.
  const whenTrusted =
    (nodes: () => Promise<readonly TreeNode[]>): (() => Promise<readonly TreeNode[]>) =>
    async () =>
      vscode.workspace.isTrusted ? nodes() : [];
  const clusters = new DeckTree(whenTrusted(() => clusterNodes(services.targets, () => rows.nodes())));
  const stores = new DeckTree(whenTrusted(() => storeNodes({ stores: services.stores, claims: () => claims.nodes() })));
  clusters.show('modelDeck.clusters');
  stores.show('modelDeck.stores');
  const refreshBoth = (): void => {
    clusters.refresh();
    stores.refresh();
  };
  const parts = vscode.Disposable.from(
    clusters,
    stores,
    vscode.workspace.onDidGrantWorkspaceTrust(refreshBoth),
    kube.onDidReset(() => {
      rows.reset();
      claims.reset();
      refreshBoth();
    }),
    kube.onDidWait((contextName) => rows.waitingChanged(contextName)),
    vscode.commands.registerCommand(chooseCommand, ({ node }: DeckRow) =>
      runner.run(node.choose?.title ?? chooseCommand, () => Promise.resolve(node.choose?.run())),
    ),
  );
  const refresh = (): void => {
    rows.refresh();
    claims.retry();
    refreshBoth();
  };
  return {
    claims,
    refresh,
    tryAgain: (row) => (row instanceof DeckRow && row.node.retry ? row.node.retry() : refresh()),
    refreshStores: () => stores.refresh(),
    storeChanged: (storeId) => {
      claims.show(storeId);
      stores.refresh();
    },
    refreshThisComputer: () => clusters.changed(),
    namespacesChanged: () => {
      clusters.changed();
      stores.changed();
    },
    dispose: () => {
      parts.dispose();
      rows.reset();
      claims.reset();
    },
  };
}
