import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claimRef } from '../../../src/stores/claim/claimRef.ts';
import { claimStores } from '../../../src/stores/claim/claimStores.ts';
import { folderStores } from '../../../src/stores/folder/folderStores.ts';
import { Stores } from '../../../src/stores/stores.ts';
import { memoryStores } from '../../conformance/memoryStores.ts';
import { shelfStores } from '../../conformance/shelfStores.ts';
import { describeStore, type TriedStore } from '../../conformance/stores.ts';
import { FakeCluster } from './claim/fakeCluster.ts';
import { hurry } from './claim/fixtures.ts';

describeStore('the folder store', async (): Promise<TriedStore> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-folder-'));
  const stores = new Stores([folderStores(() => path.join(folder, 'models'))]);
  const [store] = await stores.known();
  if (!store) throw new Error('the folder of the settings is not known');
  return { stores, store, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
});

describeStore('the store in a claim', async (): Promise<TriedStore> => {
  const cluster = await FakeCluster.open();
  const settings = () => ({ image: 'registry.example/tools:1', uid: undefined, pace: hurry });
  const stores = new Stores([claimStores({ connect: () => Promise.resolve(cluster), settings })]);
  const store = await stores.open(claimRef('fake', 'ml', 'models'));
  return { stores, store, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
});

describeStore('a store that exists in this test alone', async (): Promise<TriedStore> => {
  const stores = new Stores([memoryStores('models')]);
  return { stores, store: await stores.of('memory:models'), [Symbol.asyncDispose]: () => Promise.resolve() };
});

describeStore('a store that is only read', async (): Promise<TriedStore> => {
  const stores = new Stores([shelfStores({ name: 'net', version: '1.0' })]);
  return { stores, store: await stores.of('shelf:'), [Symbol.asyncDispose]: () => Promise.resolve() };
});
