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

/** From a model folder to predictions with mouse and keyboard: deploy to this computer, which packages it, and classify a photo. */
export async function doMainJob(
  workbench: Workbench,
  { model, photo, onStep = () => undefined }: MainJob,
): Promise<readonly ReadPrediction[]> {
  const step = async (text: string, name: string): Promise<void> => onStep(text, await workbench.screenshot(name));

  await (await workbench.openMenu(await workbench.explorerRow(model), 'Deploy to This Computer')).hover();
  await step(`Right-clicked ${model}`, '1-menu');
  await workbench.choose('Deploy to This Computer');
  await workbench.notification('is ready on This computer').waitFor();
  await workbench.showDeck();
  await step('Deployed it to This computer', '2-deployed');
  await workbench.clearNotifications();

  await workbench.chooseFromMenu(await workbench.explorerRow(model, 'photos', photo), 'Classify Image…');
  const page = await workbench.classifyPage();
  const predictions = await page.predictions(photo);
  await step(`Classified ${photo}`, '3-classified');
  return predictions;
}
