import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ShownRows, type DeckRow } from '../../../src/views/shownRows.ts';
import type { Live, TreeNode } from '../../../src/views/treeNode.ts';

/** A tree that the test changes under the editor's feet. */
interface Plan {
  label?: string;
  made?: unknown;
  live?: Live;
  expanded?: boolean;
  children?: Record<string, Plan>;
}

let plan: Record<string, Plan>;
let built: string[];

function nodes(of: Record<string, Plan>, parent = ''): TreeNode[] {
  return Object.entries(of).map(([name, { label, children, ...rest }]) => {
    const id = `${parent}/${name}`;
    built.push(id);
    return {
      id,
      label: label ?? name,
      icon: { name: 'circle' },
      contextValue: 'x',
      subject: { kind: 'context' as const, name },
      ...rest,
      ...(children && { children: () => Promise.resolve(nodes(children, id)) }),
    };
  });
}

function liveSpy(): Live & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    show: () => void calls.push('show'),
    hide: () => void calls.push('hide'),
    close: () => void calls.push('close'),
  };
}

/** Asks as the editor does: for the roots, and for the children of what is expanded. */
async function expandAll(rows: ShownRows, row?: DeckRow): Promise<void> {
  for (const child of await rows.children(row)) if (child.node.children) await expandAll(rows, child);
}

const idsOf = (stale: readonly (DeckRow | undefined)[]): (string | undefined)[] => stale.map((row) => row?.node.id);

describe('ShownRows', () => {
  let rows: ShownRows;
  beforeEach(() => {
    built = [];
    plan = { a: { children: { b: { children: { c: {}, d: {} } }, e: {} } }, z: { children: { y: {} } } };
    rows = new ShownRows(() => Promise.resolve(nodes(plan)));
    rows.setVisible(true);
  });

  it('hands out the same row for the same id, so that the editor can refresh it alone', async () => {
    const [first] = await rows.children(undefined);
    plan = { a: { ...plan['a'], label: 'new' } };
    const [again] = await rows.children(undefined);
    assert.equal(again, first);
    assert.equal(first?.node.label, 'new');
  });

  it('finds the one row that looks different', async () => {
    await expandAll(rows);
    plan['a']!.children!['b']!.children!['c']!.label = 'changed';
    assert.deepEqual(idsOf(await rows.staleAt('/a')), ['/a/b/c']);
    assert.deepEqual(await rows.staleAt('/a'), [], 'and once only');
  });

  it('finds the parent of a row that came or went', async () => {
    await expandAll(rows);
    delete plan['a']!.children!['b']!.children!['d'];
    assert.deepEqual(idsOf(await rows.staleAt('/a')), ['/a/b']);
  });

  it('finds the whole tree when a root came', async () => {
    await expandAll(rows);
    plan['new'] = {};
    assert.deepEqual(idsOf(await rows.staleAt('/a')), [undefined]);
    await rows.children(undefined);
    plan['newer'] = {};
    assert.deepEqual(idsOf(await rows.staleAt()), [undefined]);
  });

  it('counts a row that is made of something else as different, for its tooltip', async () => {
    plan['a']!.made = { age: 1 };
    await expandAll(rows);
    plan['a']!.made = { age: 2 };
    assert.deepEqual(idsOf(await rows.staleAt('/a')), ['/a']);
  });

  it('builds nothing beside the branch that changed, and nothing below a collapsed row', async () => {
    await expandAll(rows);
    const [a] = await rows.children(undefined);
    const b = (await rows.children(a))[0];
    assert.ok(b);
    rows.setExpanded(b, false);
    built = [];
    await rows.staleAt('/a');
    assert.deepEqual(built, ['/a', '/z', '/a/b', '/a/e']);
  });

  it('tells at expanding what changed while the row was collapsed', async () => {
    await expandAll(rows);
    const [a] = await rows.children(undefined);
    assert.ok(a);
    rows.setExpanded(a, false);
    plan['a']!.children!['e']!.label = 'changed';
    assert.deepEqual(await rows.staleAt('/a'), []);
    rows.setExpanded(a, true);
    assert.deepEqual(idsOf(await rows.staleAt('/a')), ['/a/e']);
  });

  it('knows nothing of rows that were never shown', async () => {
    assert.deepEqual(await rows.staleAt('/a/b/c'), []);
  });

  it('makes a row of a failure to list', async () => {
    const broken = new ShownRows(() => Promise.reject(new Error('Disk gone.')));
    assert.deepEqual(
      (await broken.children(undefined)).map(({ node }) => [node.label, node.contextValue]),
      [['Disk gone.', 'problem']],
    );
  });

  it('lets work only what feeds children on the screen', async () => {
    const [outer, inner] = [liveSpy(), liveSpy()];
    plan['a']!.live = outer;
    plan['a']!.children!['b']!.live = inner;
    const [a] = await rows.children(undefined);
    assert.ok(a);
    assert.deepEqual(outer.calls, [], 'a collapsed row needs nothing');
    const [b] = await rows.children(a);
    await rows.children(b);
    assert.deepEqual([outer.calls, inner.calls], [['show'], ['show']]);
    rows.setExpanded(a, false);
    assert.deepEqual(
      [outer.calls, inner.calls],
      [
        ['show', 'hide'],
        ['show', 'hide'],
      ],
      'also below a collapsed row',
    );
    rows.setExpanded(a, true);
    rows.setVisible(false);
    assert.deepEqual(inner.calls, ['show', 'hide', 'show', 'hide'], 'nor in a hidden view');
  });

  it('lets work what is expanded from the beginning, and closes what is gone', async () => {
    const live = liveSpy();
    plan = { a: { children: { b: { live, expanded: true, children: {} } } } };
    const [a] = await rows.children(undefined);
    await rows.children(a);
    assert.deepEqual(live.calls, ['show']);
    delete plan['a']!.children!['b'];
    await rows.children(a);
    assert.deepEqual(new Set(live.calls), new Set(['show', 'hide', 'close']));
  });
});
