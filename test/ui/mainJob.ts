import type { ReadPrediction } from './classifyPage.ts';
import type { Workbench } from './workbench.ts';

export interface MainJob {
  /** Name of the model folder in the workspace. */
  readonly model: string;
  /** Name of a photo in its folder `photos`. */
  readonly photo: string;
  /** Told after each step, with the screenshot of what it led to. */
  readonly onStep?: (step: string, screenshot: string) => void;
}

/** From a model folder to predictions with mouse and keyboard: package, deploy to this computer, classify a photo. */
export async function doMainJob(
  workbench: Workbench,
  { model, photo, onStep = () => undefined }: MainJob,
): Promise<readonly ReadPrediction[]> {
  const step = async (text: string, name: string): Promise<void> => onStep(text, await workbench.screenshot(name));

  await (await workbench.openMenu(await workbench.explorerRow(model), 'Package Model…')).hover();
  await step(`Right-clicked ${model}`, '1-package-menu');
  await workbench.choose('Package Model…');
  await workbench.notification(/packaged/i).waitFor();
  await step('Packaged it', '2-packaged');
  await workbench.clearNotifications();

  await workbench.chooseFromMenu(await workbench.explorerRow(model), 'Deploy Model…');
  await workbench.question('Name of the deployment');
  await step('Was asked for a name', '3-deploy-name');
  await workbench.answer();
  await workbench.question('(2/2)');
  await workbench.answer();
  await workbench.notification('is ready on This computer').waitFor();
  await workbench.showDeck();
  await step('Deployed it to This computer', '4-deployed');
  await workbench.clearNotifications();

  await workbench.chooseFromMenu(await workbench.explorerRow(model, 'photos', photo), 'Classify Image…');
  const page = await workbench.classifyPage();
  const predictions = await page.predictions(photo);
  await step(`Classified ${photo}`, '5-classified');
  return predictions;
}
