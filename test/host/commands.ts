import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitUntil } from '../waitUntil.ts';
import { inWorkspace } from './extension.ts';

const sample = 'efficientnet-lite0';

async function urlOf(deploymentId: string): Promise<string> {
  await vscode.commands.executeCommand('modelDeck.copyEndpointUrl', { deploymentId });
  return vscode.env.clipboard.readText();
}

describe('the commands', () => {
  it('package a folder that has its spec', async () => {
    await vscode.commands.executeCommand('modelDeck.packageModel', vscode.Uri.file(inWorkspace(sample)));
    const folder = inWorkspace(sample, 'package');
    assert.ok((await stat(path.join(folder, 'model-store', `${sample}.mar`))).isFile());
    const config = await readFile(path.join(folder, 'config', 'config.properties'), 'utf8');
    assert.match(config, /"marName":"efficientnet-lite0\.mar"/);
  });

  it('deploy it to this computer, where it answers V2', async () => {
    const order = { folder: inWorkspace(sample), target: 'this-computer', name: 'cats', protocol: 'v2' };
    await vscode.commands.executeCommand('modelDeck.deployModel', order);
    const url = await urlOf('this-computer/cats');
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const photo = await readFile(inWorkspace(sample, 'photos', 'chelsea.jpg'));
    const response = await fetch(`${url}/v2/models/${sample}/infer`, {
      method: 'POST',
      body: JSON.stringify({
        inputs: [{ name: 'a', shape: [1], datatype: 'BYTES', data: [photo.toString('base64')] }],
      }),
    });
    const answer = (await response.json()) as { outputs: { datatype: string; shape: number[]; data: number[] }[] };
    const [output] = answer.outputs;
    assert.deepEqual([output?.datatype, output?.shape], ['FP32', [1, 1000]]);
    const best = [...(output?.data ?? []).entries()].sort(([, a], [, b]) => b - a).slice(0, 3);
    // Egyptian cat, tabby, tiger cat.
    assert.deepEqual(
      best.map(([index]) => index),
      [285, 281, 282],
    );
  });

  it('deploy an archive that lies alone', async () => {
    const alone = inWorkspace('alone');
    await mkdir(alone);
    const archive = path.join(alone, 'renamed.mar');
    await writeFile(archive, await readFile(inWorkspace(sample, 'package', 'model-store', `${sample}.mar`)));
    const order = { path: archive, target: 'this-computer', name: 'alone', protocol: 'v1' };
    await vscode.commands.executeCommand('modelDeck.deployModel', order);
    const response = await fetch(`${await urlOf('this-computer/alone')}/v1/models/${sample}`);
    assert.deepEqual(await response.json(), { name: sample, ready: true });
  });

  it('stop a deployment for good', async () => {
    const url = await urlOf('this-computer/alone');
    await vscode.commands.executeCommand('modelDeck.stopDeployment', { deploymentId: 'this-computer/alone' });
    await assert.rejects(fetch(url));
  });

  it('show what is wrong with a folder where it is wrong, and write nothing', async () => {
    const folder = inWorkspace('broken');
    await mkdir(folder);
    await writeFile(path.join(folder, 'weights.onnx'), 'not a graph');
    await writeFile(path.join(folder, 'labels.json'), '{"0": "cat",\n"1" "dog"}');
    await writeFile(
      path.join(folder, 'model-deck.yaml'),
      'name: broken\nversion: "1"\nweights: weights.onnx\nhandler: image_classifier\nlabels: labels.json\n',
    );
    void vscode.commands.executeCommand('modelDeck.packageModel', vscode.Uri.file(folder));
    const labels = vscode.Uri.file(path.join(folder, 'labels.json'));
    const found = await diagnosticsOf(labels);
    assert.equal(found[0]?.range.start.line, 1);
    assert.equal(found[0]?.source, 'Model Deck');
    await assert.rejects(stat(path.join(folder, 'package')));
    await rm(folder, { recursive: true });
  });

  it('copy the sample, and not over something', async () => {
    const parent = inWorkspace('copies');
    await vscode.commands.executeCommand('modelDeck.openSample', { folder: parent });
    assert.ok((await stat(path.join(parent, 'model-deck-sample', sample, 'model-deck.yaml'))).isFile());
  });
});

async function diagnosticsOf(uri: vscode.Uri): Promise<readonly vscode.Diagnostic[]> {
  return waitUntil(`there are problems in ${uri.fsPath}`, () => {
    const found = vscode.languages.getDiagnostics(uri);
    return found.length > 0 && found;
  });
}
