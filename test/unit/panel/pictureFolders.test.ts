import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { picturesBelow, type FolderEntry } from '../../../src/panel/messages/pictureFolders.ts';

interface Tree {
  readonly [name: string]: Tree | null;
}

function list(tree: Tree, failing?: string): (place: string) => Promise<readonly FolderEntry<string>[]> {
  return (place) => {
    if (place === failing) return Promise.reject(new Error('no permission'));
    const folder = place
      .split('/')
      .filter(Boolean)
      .reduce<Tree | null>((at, name) => at?.[name] ?? null, tree);
    return Promise.resolve(
      Object.entries(folder ?? {}).map(([name, inner]) => ({
        name,
        isFolder: inner !== null,
        place: `${place}/${name}`,
      })),
    );
  };
}

describe('the pictures of a folder', () => {
  const tree: Tree = {
    'scan10.PNG': null,
    'scan2.png': null,
    'notes.txt': null,
    png: null,
    '.hidden': { 'x.png': null },
    lungs: { left: { 'a.tiff': null }, 'b.jp2': null },
  };

  it('are found in it and below it, in the order that people expect', async () => {
    assert.deepEqual(await picturesBelow('', list(tree), 100), [
      '/scan2.png',
      '/scan10.PNG',
      '/lungs/b.jp2',
      '/lungs/left/a.tiff',
    ]);
  });

  it('are as many as are wanted', async () => {
    assert.deepEqual(await picturesBelow('', list(tree), 3), ['/scan2.png', '/scan10.PNG', '/lungs/b.jp2']);
  });

  it('are found beside a folder that cannot be read; the folder itself must be readable', async () => {
    assert.deepEqual((await picturesBelow('', list(tree, '/lungs'), 100)).length, 2);
    await assert.rejects(picturesBelow('', list(tree, ''), 100), /no permission/);
  });

  it('end in a folder that holds itself', async () => {
    const loop = (place: string): Promise<readonly FolderEntry<string>[]> =>
      Promise.resolve([
        { name: 'again', isFolder: true, place: `${place}/again` },
        { name: 'x.png', isFolder: false, place: `${place}/x.png` },
      ]);
    assert.ok((await picturesBelow('', loop, 1000)).length < 20);
  });
});
