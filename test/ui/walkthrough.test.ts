import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { expect } from './expect.ts';
import { copySample, openSession, type Session } from './session.ts';

describe('the walkthrough', () => {
  let session: Session;
  before(async () => (session = await openSession('walkthrough', copySample)));
  after(() => session?.close());

  const step = (title: string): Locator =>
    session.workbench.page.locator('.gettingStartedDetailsContent .getting-started-step', { hasText: title });
  const ticked = (title: string): Locator => step(title).locator('.codicon-getting-started-step-checked.complete');

  it('opens from the welcome of the empty view, with the pictures of its steps', async () => {
    const { workbench } = session;
    // Recent versions leave the pictures out where the editor is narrow.
    await workbench.page.setViewportSize({ width: 1920, height: 900 });
    await workbench.showDeck();
    await workbench.welcomeButton('Get Started').click();
    await step('Open the sample').waitFor();
    await expect(workbench.page.locator('.getting-started-media img').first()).toBeVisible();
    await workbench.screenshot('1-open');
  });

  it('leaves a step open when its command is cancelled, and ticks it when it has succeeded', async () => {
    const { workbench } = session;
    const title = 'Check and package a model';
    await step(title).click();
    await workbench.page.getByRole('button', { name: 'Package Model' }).click();
    await workbench.question('efficientnet-lite0');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.statusbar-item', { hasText: 'Model Deck: cancelled' }).waitFor();
    await expect(ticked(title)).toHaveCount(0);
    await workbench.screenshot('2-cancelled');
    await workbench.page.getByRole('button', { name: 'Package Model' }).click();
    await workbench.question('efficientnet-lite0');
    await workbench.answer();
    await workbench.notification('is packaged').waitFor();
    await expect(ticked(title)).toHaveCount(1);
    await workbench.screenshot('3-ticked');
  });

  it('leaves a step open when its command fails', async () => {
    const { workbench } = session;
    const title = 'Find out why it does not work';
    await step(title).click();
    await workbench.page.getByRole('button', { name: 'Explain InferenceService' }).click();
    const message = workbench.notification('No kubeconfig with a cluster was found');
    await expect(message.getByRole('button', { name: 'Choose Kubeconfig…' })).toBeVisible();
    await expect(ticked(title)).toHaveCount(0);
    await workbench.screenshot('4-failed');
  });
});
