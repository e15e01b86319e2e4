import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Locator } from 'playwright-core';

/** As much of axe's finding as is told. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly html: string }[];
}

let source: Promise<string> | undefined;

/** What axe finds wrong in the page that the body belongs to: one line a finding. Every rule that axe has on is asked. */
export async function axeFindings(body: Locator): Promise<readonly string[]> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const script = await source;
  const violations = await body.evaluate(
    `(async () => {
      if (!globalThis.axe) (0, eval)(${JSON.stringify(script)});
      const { violations } = await globalThis.axe.run(document, { iframes: false, resultTypes: ['violations'] });
      return violations.map(({ id, help, nodes }) => ({
        id, help, nodes: nodes.map(({ target, html }) => ({ target, html })),
      }));
    })()`,
  );
  return (violations as readonly Violation[]).flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${help} — ${target.join(' ')} — ${html.slice(0, 160)}`),
  );
}
