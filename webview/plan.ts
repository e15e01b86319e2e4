import { isPlanUpdate, type PlanRequest, type PlanState, type PlanUpdate } from '../src/panel/messages/planMessages.ts';
import { el, spokenLine } from './dom.ts';
import { connectHost } from './host.ts';
import './plan.css';
import { conflictSection } from './plan/conflicts.ts';
import { ManifestEditor } from './plan/manifestEditor.ts';
import { Objects } from './plan/objects.ts';
import { Part } from './part.ts';
import { runtimeSection } from './plan/runtime.ts';
import { statusLine } from './plan/status.ts';
import { warningSection } from './plan/warnings.ts';
import { button } from './toolkit.ts';

/** The page before a deploy: what will be made or changed, and what the cluster says to it. */

const { post } = connectHost<PlanRequest, PlanUpdate>(isPlanUpdate, ({ state: next }) => {
  const isFirst = state === undefined;
  announce(state, next);
  state = next;
  draw(next);
  if (isFirst) heading.focus();
});

let state: PlanState | undefined;

const heading = el('h1', { tabindex: '-1' });
const target = el('p', { class: 'quiet', 'data-testid': 'target' });
const deploy = button('primary', agree, { 'data-testid': 'deploy', title: 'Deploy (Ctrl+Enter)' }, 'Deploy');
const change = button(
  'secondary',
  () => post({ type: 'change-answers' }),
  { 'data-testid': 'change', title: 'Change target, store, name, runtime and the other answers' },
  'Edit…',
);
const cancel = button('secondary', () => post({ type: 'cancel' }), { 'data-testid': 'cancel' }, 'Cancel');
const editor = new ManifestEditor(post, () => disable(deploy, true));
const spoken = spokenLine();
const parts = {
  status: new Part('div', { class: 'plan-status' }),
  conflicts: new Part('div', {}),
  warnings: new Part('div', {}),
  runtime: new Part('div', {}),
};
const objects = new Objects(post, editor.element);

document.body.append(
  el(
    'main',
    { class: 'page plan' },
    el(
      'header',
      { class: 'plan-head' },
      el('div', { class: 'plan-title' }, heading, target),
      el('div', { class: 'plan-actions', role: 'group', 'aria-label': 'Decide' }, deploy, change, cancel),
      parts.status.element,
    ),
    parts.conflicts.element,
    parts.warnings.element,
    parts.runtime.element,
    objects.element,
    spoken.element,
  ),
);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  agree();
});
post({ type: 'ready' });

function draw({ title, target: place, status, plan, manifest, conflictChoice }: PlanState): void {
  heading.textContent = title;
  target.textContent = `to ${place}`;
  disable(deploy, !canDeploy());
  parts.status.show(status, () => statusLine(status, post));
  parts.conflicts.show([plan?.objects, conflictChoice], () =>
    conflictSection(plan?.objects ?? [], conflictChoice, post),
  );
  parts.warnings.show(plan?.warnings, () => warningSection(plan?.warnings ?? []));
  parts.runtime.show([plan?.runtime, plan?.reason, plan?.others], () => (plan ? runtimeSection(plan) : []));
  editor.update(manifest);
  objects.update(plan?.objects ?? [], manifest.isEdited);
}

function agree(): void {
  if (canDeploy() && !editor.hasPending()) post({ type: 'deploy' });
}

function canDeploy(): boolean {
  return state?.status.state === 'planned' && state.status.canDeploy;
}

function disable(element: HTMLElement, isDisabled: boolean): void {
  element.toggleAttribute('disabled', isDisabled);
}

/** Tells a screen reader what has become of the plan. */
function announce(before: PlanState | undefined, { status }: PlanState): void {
  if (before?.status.state === status.state && status.state === 'planning') return;
  if (status.state === 'planned') spoken.say(status.verdict);
  if (status.state === 'failed') spoken.say([status.failure.reason, status.failure.remedy].filter(Boolean).join(' '));
}
