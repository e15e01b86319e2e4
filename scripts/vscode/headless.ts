/** Does the main job in a real VS Code without a display: folder, package, this computer, photo. Prints what happens. */
import { doMainJob } from '../../test/ui/mainJob.ts';
import { copySample, openSession, sampleName } from '../../test/ui/session.ts';
import { chosenVersion } from './versions.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  print(`Starting VS Code ${chosenVersion().vscode} on a copy of the sample`);
  const session = await openSession('headless', copySample);
  try {
    const photo = 'chelsea.jpg';
    const predictions = await doMainJob(session.workbench, {
      model: sampleName,
      photo,
      onStep: (step, screenshot) => print(`${step}\n    ${screenshot}`),
    });
    print(`\nWhat the panel shows for ${photo}:`);
    for (const { label, probability } of predictions) {
      print(`  ${(100 * probability).toFixed(1).padStart(5)} %  ${label}`);
    }
  } finally {
    await session.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
