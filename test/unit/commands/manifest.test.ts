import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { everyContextValue } from '../../../src/views/contextValue.ts';
import { milestones } from '../../../src/commands/core/milestoneNames.ts';
import { markerFile } from '../../../src/commands/sample/sampleFolder.ts';
import { commandIds } from '../../../src/commands/core/commandIds.ts';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}

describe('package.json', () => {
  const declared = manifest.contributes.commands.map(({ command }) => command);
  const menus: readonly (readonly [string, readonly MenuItem[]])[] = Object.entries(manifest.contributes.menus);

  it('declares the commands that are registered, and no others', () => {
    assert.deepEqual([...declared].sort(), [...commandIds].sort());
  });

  it('has only declared commands in its menus, each with a condition', () => {
    for (const [menu, items] of menus) {
      for (const item of items) {
        assert.ok(declared.includes(item.command), `${menu}: ${item.command}`);
        assert.ok(item.when, `${menu}: ${item.command} shows everywhere`);
      }
    }
  });

  describe('conditions on rows', () => {
    const patterns = menus.flatMap(([, items]) =>
      items.flatMap(({ when = '' }) =>
        [...when.matchAll(/viewItem =~ \/(.*?)\/(?= |$)/g)].map(([, text]) => text ?? ''),
      ),
    );
    const values = everyContextValue();

    it('are there', () => assert.ok(patterns.length > 40));

    for (const pattern of new Set(patterns)) {
      it(`/${pattern}/ hold for a row that can be, in every one of their alternatives`, () => {
        for (const one of alternatives(pattern))
          assert.ok(
            values.some((value) => new RegExp(one).test(value)),
            one,
          );
      });

      it(`/${pattern}/ speak words of rows only`, () => {
        const known = new Set(values.flatMap((value) => value.split(';')));
        for (const [word] of pattern.matchAll(/[a-z][a-z-]*/g)) assert.ok(known.has(word), word);
      });
    }
  });

  describe('menus of rows', () => {
    const items = manifest.contributes.menus['view/item/context'];

    /** What the menu of a row has: the commands in their order, for its buttons or for the menu itself. */
    function menuOf(view: string, value: string, inline: boolean): readonly { command: string; group: string }[] {
      return items
        .filter(({ when, group }) => group.startsWith('inline') === inline && holds(when, view, value))
        .sort((a, b) => (a.group < b.group ? -1 : 1));
    }

    it('have no command twice', () => {
      for (const view of ['modelDeck.clusters', 'modelDeck.stores']) {
        for (const value of everyContextValue()) {
          for (const inline of [true, false]) {
            const commands = menuOf(view, value, inline).map(({ command }) => command);
            assert.deepEqual(commands, [...new Set(commands)], `${view} ${value}`);
          }
        }
      }
    });

    it('have what deletes or removes last, in a group of its own', () => {
      const removing = items.filter(({ command }) => /delete|remove/i.test(command));
      assert.ok(removing.length >= 3);
      for (const { command, group } of items) {
        if (!group.startsWith('inline')) assert.equal(/^9_/.test(group), /delete|remove/i.test(command), command);
      }
    });
  });

  it('says in every name in the palette what it is about', () => {
    const shown = manifest.contributes.commands.filter(
      ({ command }) =>
        !manifest.contributes.menus.commandPalette.some((item) => item.command === command && item.when === 'false'),
    );
    for (const { title } of shown) assert.match(title, /\S \S/, title);
  });

  it('leads on from every welcome', () => {
    for (const { contents, view } of manifest.contributes.viewsWelcome) {
      assert.match(contents, /\[[^\]]+\]\(command:/, view);
      for (const [, command = ''] of contents.matchAll(/\(command:([\w.]+)/g)) {
        if (command.startsWith('modelDeck.')) assert.ok(declared.includes(command), command);
      }
    }
  });

  it('hides from the palette what needs a row and cannot ask for it', () => {
    const hidden = manifest.contributes.menus.commandPalette
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    assert.deepEqual(
      hidden,
      [
        ...['copyEndpointUrl', 'addNamespace', 'forgetNamespace', 'listClaimModels'],
        ...['copyError', 'openKubeconfig', 'copyName', 'tryAgain', 'classifyFolder'],
      ].map((id) => `modelDeck.${id}`),
    );
  });

  it('names every setting that becomes a path or a program as restricted in an untrusted workspace', () => {
    const settings = Object.keys(manifest.contributes.configuration.properties);
    const dangerous = settings.filter((setting) => /path|folder|kubeconfig|upload|torchServe/i.test(setting)).sort();
    assert.deepEqual([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(), dangerous);
  });

  it('does not activate on start-up', () => {
    const events = ['onWebviewPanel:modelDeck.classify', `workspaceContains:${markerFile}`];
    assert.deepEqual(manifest.activationEvents, events);
    assert.doesNotMatch(
      markerFile,
      /[*?]/,
      'a file that is looked for in one place, and only copies of the sample have',
    );
  });

  it('ticks each step of the walkthrough when something has worked, never when a command was tried', () => {
    const events = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ completionEvents }) => completionEvents),
    );
    assert.deepEqual(
      events,
      milestones.map((milestone) => `onContext:modelDeck.done.${milestone}`),
    );
  });

  it('speaks of walkthrough commands that exist', () => {
    const text = JSON.stringify(manifest.contributes.walkthroughs);
    // VS Code makes one for each view.
    const focus = Object.values(manifest.contributes.views).flatMap((views) => views.map(({ id }) => `${id}.focus`));
    const known = [...declared, ...focus];
    for (const [, command] of text.matchAll(/command:([\w.]+)/g)) assert.ok(known.includes(command ?? ''), command);
  });
});

/** Whether a condition of a row's menu holds: of the parts `view == x`, `view =~ /x/`, `viewItem =~ /x/`, joined by `&&`. */
function holds(when: string, view: string, value: string): boolean {
  return when.split(' && ').every((part) => {
    const [, key, operator, text = ''] = /^(view|viewItem) (==|=~) (.+)$/.exec(part) ?? [];
    assert.ok(key && operator, part);
    const subject = key === 'view' ? view : value;
    return operator === '==' ? subject === text : new RegExp(text.slice(1, -1)).test(subject);
  });
}

/** The pattern once for each way through its groups: `^(a|b;(c|d))` becomes `^a`, `^b;c` and `^b;d`. */
function alternatives(pattern: string): readonly string[] {
  const innermost = /\(([^()]*)\)/.exec(pattern);
  if (!innermost) return [pattern];
  const [whole, inner = ''] = innermost;
  const before = pattern.slice(0, innermost.index);
  const after = pattern.slice(innermost.index + whole.length);
  return [...new Set(inner.split('|').flatMap((one) => alternatives(before + one + after)))];
}
