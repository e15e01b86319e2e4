import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { extension, manifest } from './extension.ts';

describe('activation', () => {
  it('does not happen at start-up', () => assert.equal(extension().isActive, false));

  it('loads extension.js and nothing else', async () => {
    await extension().activate();
    const loaded = Object.keys(require.cache).filter((file) => file.startsWith(extension().extensionPath));
    const own = loaded
      .map((file) => path.relative(extension().extensionPath, file))
      .filter((file) => !/test|mocha/.test(file));
    const foreign = own.filter((file) => /onnxruntime|sharp|@kubernetes/.test(file));
    assert.deepEqual(foreign, []);
    assert.deepEqual(
      own.filter((file) => file.startsWith('dist')),
      [path.join('dist', 'extension.js')],
    );
  });

  it('registers what the manifest contributes, no less and no more', async () => {
    const contributed = manifest().contributes.commands.map(({ command }) => command);
    // VS Code makes commands of its own for views: `<view id>.focus` and the like.
    const registered = (await vscode.commands.getCommands(true)).filter((id) => /^modelDeck\.[A-Za-z]+$/.test(id));
    assert.deepEqual(registered.sort(), [...contributed].sort());
  });
});
