import * as vscode from 'vscode';
import { ClaimRows } from '../views/clusters/claimRows.ts';
import { clusterReader } from '../views/clusters/clusterReader.ts';
import { ClusterRows } from '../views/clusters/clusterRows.ts';
import { clusterNodes } from '../views/clustersTree.ts';
import { chooseCommand, DeckTree } from '../views/deckTree.ts';
import type { DeckRow } from '../views/shownRows.ts';
import { storeNodes } from '../views/storesTree.ts';
import type { KubeClusters } from './clusters/kubeClusters.ts';
import type { CommandRunner } from './core/commandRunner.ts';
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
}

export function deckViews(services: Services, kube: KubeClusters, runner: CommandRunner): DeckViews {
  const reader = clusterReader(services.clusters);
  const rows = new ClusterRows({
    reader,
    contexts: async () => (await services.clusters()).contexts(),
    problems: async () => (await services.clusters()).kubeconfigProblems(),
    files: kube.files,
    typedNamespaces: (contextName) => services.namespaces.of(contextName),
    changed: (id) => clusters.changed(id),
    namespacesChanged: () => stores.changed(),
  });
  const claims = new ClaimRows({
    reader,
    contexts: () => rows.answering(),
    changed: (id) => stores.changed(id),
  });
  const clusters = new DeckTree(() => clusterNodes(services.targets, () => rows.nodes()));
  const stores = new DeckTree(() => storeNodes({ stores: services.stores, claims: () => claims.nodes() }));
  clusters.show('modelDeck.clusters');
  stores.show('modelDeck.stores');
  const refreshBoth = (): void => {
    clusters.refresh();
    stores.refresh();
  };
  const parts = vscode.Disposable.from(
    clusters,
    stores,
    kube.onDidReset(() => {
      rows.reset();
      claims.reset();
      refreshBoth();
    }),
    vscode.commands.registerCommand(chooseCommand, ({ node }: DeckRow) =>
      runner.run(node.choose?.title ?? chooseCommand, () => Promise.resolve(node.choose?.run())),
    ),
  );
  return {
    claims,
    refresh: () => {
      rows.refresh();
      claims.retry();
      refreshBoth();
    },
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
