/** Takes the pictures of README and walkthrough in a real VS Code, into media/walkthrough. Run after a change of the UI. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { copySample, openSession, sampleName } from '../../test/ui/session.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'media', 'walkthrough');

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const session = await openSession('screenshots', copySample);
  const { workbench } = session;
  const { page } = workbench;
  const shot = (name: string, width: number, height: number): Promise<unknown> =>
    page.screenshot({ path: path.join(folder, `${name}.png`), clip: { x: 0, y: 0, width, height } });
  try {
    await page.setViewportSize({ width: 1120, height: 760 });
    await (await workbench.explorerRow(sampleName, 'photos')).click();
    await workbench.explorerRow(sampleName, 'photos', 'chelsea.jpg');
    await page.mouse.move(900, 600);
    await shot('sample', 720, 520);

    await (await workbench.openMenu(await workbench.explorerRow(sampleName), 'Package Model…')).hover();
    await shot('package', 720, 520);
    await workbench.choose('Package Model…');
    await workbench.notification('is packaged').waitFor();
    await workbench.clearNotifications();

    await workbench.chooseFromMenu(await workbench.explorerRow(sampleName), 'Deploy Model…');
    await workbench.question('Name of the deployment');
    await workbench.answer();
    await workbench.question('(2/2)');
    await workbench.answer();
    await workbench.notification('is ready on This computer').waitFor();
    await workbench.clearNotifications();
    await workbench.showDeck();
    await workbench.deckRow(sampleName).hover();
    await page.locator('.monaco-hover', { hasText: 'sha256' }).waitFor();
    await shot('deploy', 720, 520);

    for (const photo of ['coffee.jpg', 'chelsea.jpg']) {
      await workbench.chooseFromMenu(await workbench.explorerRow(sampleName, 'photos', photo), 'Classify Image…');
      await (await workbench.classifyPage()).predictions(photo);
    }
    await workbench.runFromPalette('View: Toggle Primary Side Bar Visibility');
    await page.mouse.move(1100, 600);
    await shot('classify', 1120, 760);
  } finally {
    await session.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
