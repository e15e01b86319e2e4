import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { ClassifySession } from '../../../src/panel/classify/classifySession.ts';
import type { SavedSession } from '../../../src/panel/classify/savedSession.ts';
import { SessionFiles } from '../../../src/panel/classify/sessionFiles.ts';
import type { ImageInput, SessionWork } from '../../../src/panel/classify/sessionImages.ts';
import { isClassifyUpdate } from '../../../src/panel/messages/classifyMessages.ts';
import { make, ready as cats, result, settle } from './sessionHarness.ts';

/** A session whose pictures are texts: the label of the answer, `bad` or `slow`. */
function makeSession(work: Partial<SessionWork> = {}): ClassifySession {
  const { session } = make({
    predict: (_endpoint, image, _k, _signal, { onExchange }) => {
      const label = Buffer.from(image).toString();
      const answered = result(label, 1);
      const request = { ...answered.request, body: '' };
      const response = { status: 200, body: `{"predictions":[{"${label}":1.0}]}` };
      onExchange({ request, response });
      if (label === 'bad') return Promise.reject(new ModelDeckError('server', 'It failed.'));
      if (label === 'slow') return new Promise(() => undefined);
      const answer = { ...answered.answer, text: response.body };
      return Promise.resolve({ ...answered, answer, classCount: 1, request, response });
    },
    thumbnail: (image) => Promise.resolve(`data:image/jpeg;base64,${Buffer.from(image).toString('base64')}`),
    ...work,
  });
  return session;
}

function file(name: string, content = name): ImageInput {
  return {
    name,
    origin: 'photos',
    path: `/photos/${name}`,
    uri: `file:///photos/${name}`,
    held: 0,
    read: () => Promise.resolve(Buffer.from(content)),
  };
}

function pasted(name: string): ImageInput {
  return { name, origin: 'Dropped or pasted', held: 3, read: () => Promise.resolve(Buffer.from(name)) };
}

/** Everything that a reload does: to a file and back, into a new session. */
async function reloaded(session: ClassifySession, folder: string): Promise<ClassifySession> {
  const files = new SessionFiles(folder);
  const id = randomUUID();
  await files.write(id, session.saved());
  const saved = await new SessionFiles(folder).read(id);
  assert.ok(saved);
  const next = makeSession();
  next.restore(saved, ({ uri }) => (uri === undefined ? undefined : file(path.basename(uri))));
  assert.ok(isClassifyUpdate({ type: 'state', state: next.state() }));
  return next;
}

describe('results and history over a reload of the window', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'model-deck-panels-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  it('come back with pictures, answers, raw answers, history and k', async () => {
    const session = makeSession();
    session.setEndpoints([cats]);
    session.setTopK(7);
    session.add([file('tabby.jpg'), file('bad.jpg', 'bad'), pasted('lynx')]);
    await settle();
    await settle();
    const next = await reloaded(session, folder);
    const before = session.state();
    const now = next.state();
    assert.equal(now.topK, 7);
    assert.deepEqual(
      now.images.map(({ name, outcome }) => [name, outcome]),
      before.images.map(({ name, outcome }) => [name, outcome]),
    );
    assert.deepEqual(now.history, before.history);
    assert.deepEqual([...next.thumbnails()], [...session.thumbnails()]);
    const bad = now.images.find(({ name }) => name === 'bad.jpg')?.id ?? '';
    assert.match(next.answered(bad)?.exchange.response.body ?? '', /"bad":1\.0/, 'of a failed run, too');
  });

  it('are run again from the file; a pasted picture says that it is gone', async () => {
    const session = makeSession();
    session.setEndpoints([cats]);
    session.add([file('tabby.jpg'), pasted('lynx')]);
    await settle();
    await settle();
    const next = await reloaded(session, folder);
    next.setEndpoints([cats]);
    const ids = next.state().images.map(({ id }) => id);
    assert.deepEqual(
      next.state().images.map(({ isGone }) => isGone === true),
      [false, true],
    );
    next.classify(ids);
    await settle();
    await settle();
    assert.deepEqual(
      next.state().history.map(({ name }) => name),
      ['tabby.jpg', 'lynx', 'tabby.jpg'],
    );
    next.add([file('new.jpg')]);
    const all = next.state().images.map(({ id }) => id);
    assert.equal(new Set(all).size, 3, 'no id is given twice');
  });

  it('say of an image that was on its way that it got no answer, and do not send it by themselves', async () => {
    const session = makeSession();
    session.setEndpoints([cats]);
    session.add([file('slow.jpg', 'slow')]);
    await settle();
    const next = await reloaded(session, folder);
    next.setEndpoints([cats]);
    await settle();
    assert.deepEqual(
      next.state().images.map(({ outcome }) => outcome),
      [{ state: 'cancelled', byReload: true }],
    );
  });

  it('ask the endpoint again that was chosen, also when it came back to none', () => {
    const session = makeSession();
    session.setEndpoints([cats]);
    assert.equal(session.saved().endpointId, cats.id);
    session.wish('kserve:minikube/ml/cats');
    assert.equal(session.saved().endpointId, 'kserve:minikube/ml/cats');
  });

  it('stay small: of many large pictures the newest thumbnails and answers are kept', async () => {
    const session = makeSession({
      thumbnail: () => Promise.resolve(`data:image/jpeg;base64,${'A'.repeat(400_000)}`),
    });
    session.setEndpoints([cats]);
    session.add(Array.from({ length: 30 }, (_, index) => file(`${index}.jpg`)));
    for (let turn = 0; turn < 40; turn += 1) await settle();
    const saved = session.saved();
    assert.equal(saved.images.length, 30);
    assert.ok(JSON.stringify(saved).length < 7_000_000);
    assert.deepEqual(
      saved.thumbnails.map(({ imageId }) => imageId),
      saved.images.slice(0, saved.thumbnails.length).map(({ id }) => id),
    );
  });
});

describe('the files of panels', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'model-deck-panels-'))));
  after(() => rm(folder, { recursive: true, force: true }));
  const empty: SavedSession = { format: '1', topK: 5, lastId: 0, images: [], history: [], thumbnails: [] };

  it('are read by their owner only', async () => {
    const id = randomUUID();
    await new SessionFiles(folder).write(id, empty);
    assert.equal((await stat(path.join(folder, `${id}.json`))).mode & 0o777, 0o600);
  });

  it('that are broken, of another version, or not there are as if there were none', async () => {
    const files = new SessionFiles(folder);
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      JSON.stringify({ ...empty, format: '9' }),
      JSON.stringify({ ...empty, images: [{}] }),
    ]) {
      const id = randomUUID();
      await writeFile(path.join(folder, `${id}.json`), text);
      assert.equal(await files.read(id), undefined, text);
    }
    assert.equal(await files.read(randomUUID()), undefined);
  });

  it('are never looked for outside their folder, whatever a page says', async () => {
    const files = new SessionFiles(folder);
    for (const id of ['../../etc/passwd', '', 'x', `${randomUUID()}/..`]) {
      assert.equal(await files.read(id), undefined);
      await assert.rejects(files.write(id, empty));
      await assert.rejects(files.remove(id));
    }
  });

  it('go when they are many, or old', async () => {
    const own = await mkdtemp(path.join(folder, 'many-'));
    for (let index = 0; index < 25; index += 1) {
      const file = path.join(own, `${randomUUID()}.json`);
      await writeFile(file, '{}');
      const at = new Date(Date.now() - (index < 3 ? 40 * 24 * 3600_000 : index * 1000));
      await utimes(file, at, at);
    }
    await new SessionFiles(own).write(randomUUID(), empty);
    assert.equal((await readdir(own)).length, 20);
  });
});
