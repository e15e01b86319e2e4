/**
 * Takes the pictures of README and walkthrough in a real VS Code, light and dark, into media/walkthrough. Run it after a change of
 * the UI: `npm run screenshots`. Those of clusters are cut out of the screenshots of `test/cluster/ui`, where they are there.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { copySample, openSession, sampleName } from '../../test/ui/session.ts';
import type { Workbench } from '../../test/ui/workbench.ts';
import { savePicture, type Cut } from './crop.ts';

const root = path.join(import.meta.dirname, '..', '..');
const folder = path.join(root, 'media', 'walkthrough');
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;
type Theme = keyof typeof themes;

/** Pictures that are screenshots of the cluster's UI tests; they are in one theme, and serve for both. */
const ofClusters: Readonly<Record<string, { readonly file: string; readonly cut: Cut }>> = {
  cluster: { file: 'cluster-tree/2-served', cut: { x: 48, y: 35, width: 300, height: 330 } },
  plan: { file: 'cluster-main-job/07-plan', cut: { x: 360, y: 80, width: 580, height: 400 } },
  explained: { file: 'cluster-operations/1-explained', cut: { x: 805, y: 630, width: 470, height: 145 } },
  difference: { file: 'cluster-main-job/13-difference', cut: { x: 400, y: 85, width: 856, height: 260 } },
};

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const theme of Object.keys(themes) as Theme[]) await takeAll(theme);
  for (const [name, { file, cut }] of Object.entries(ofClusters)) {
    const screenshot = path.join(root, 'artifacts', 'ui', '1.99.3', `${file}.png`);
    if (existsSync(screenshot)) await savePicture(await readFile(screenshot), cut, path.join(folder, `${name}.png`));
    else console.log(`${name}: kept as it is; run npm run test:cluster -- ui first for a new one.`);
  }
}

async function takeAll(theme: Theme): Promise<void> {
  const settings = { 'workbench.colorTheme': themes[theme] };
  const session = await openSession(`screenshots-${theme}`, copySample, settings);
  const { workbench } = session;
  const { page } = workbench;
  const shot = async (name: string, cut: Cut): Promise<void> =>
    savePicture(await page.screenshot({ animations: 'disabled' }), cut, path.join(folder, `${name}-${theme}.png`));
  try {
    await page.setViewportSize({ width: 1000, height: 640 });
    await (await workbench.openMenu(await workbench.explorerRow(sampleName), 'Package Model…')).hover();
    await shot('package', { x: 48, y: 35, width: 480, height: 420 });
    await page.keyboard.press('Escape');
    await deploy(workbench);
    await workbench.showDeck();
    await workbench.deckRow(sampleName).hover();
    await page.locator('.monaco-hover', { hasText: 'sha256' }).waitFor();
    await shot('deploy', { x: 48, y: 35, width: 480, height: 300 });
    await page.mouse.move(900, 600);

    await workbench.runFromPalette('Model Deck: Open Sample');
    const panel = await workbench.classifyPage();
    await panel.predictions('chelsea.jpg');
    await page.mouse.move(900, 600);
    await shot('sample', { x: 48, y: 35, width: 940, height: 560 });
    await workbench.runFromPalette('View: Close Other Editors in Group');
    await workbench.runFromPalette('View: Toggle Primary Side Bar Visibility');
    await panel.card('chelsea.jpg').scrollIntoViewIfNeeded();
    await shot('classify', { x: 520, y: 35, width: 470, height: 580 });
  } finally {
    await session.close();
  }
}

async function deploy(workbench: Workbench): Promise<void> {
  await workbench.chooseFromMenu(await workbench.explorerRow(sampleName), 'Deploy to This Computer');
  await workbench.notification('is ready on This computer').waitFor();
  await workbench.clearNotifications();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
