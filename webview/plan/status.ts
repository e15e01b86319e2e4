import type { PlanRequest, PlanStatus } from '../../src/panel/messages/planMessages.ts';
import { el, icon, type Child } from '../dom.ts';
import { button, spinner } from '../toolkit.ts';

/** What has become of the plan, in one line. */
export function statusLine(status: PlanStatus, post: (request: PlanRequest) => void): readonly Child[] {
  switch (status.state) {
    case 'planning':
      return [el('p', { class: 'running', 'data-testid': 'planning' }, spinner(), 'Asking the cluster about it…')];
    case 'planned':
      return [
        el(
          'p',
          { class: `verdict ${status.canDeploy ? 'verdict-good' : 'verdict-bad'}`, 'data-testid': 'verdict' },
          icon(status.canDeploy ? 'check' : 'warning'),
          el('span', {}, status.verdict),
        ),
      ];
    case 'failed':
      return [
        el(
          'p',
          { class: 'failure', role: 'alert', 'data-testid': 'failure' },
          icon('error'),
          el(
            'span',
            {},
            el('span', { class: 'failure-reason' }, status.failure.reason),
            status.failure.remedy !== undefined && ` ${status.failure.remedy}`,
          ),
        ),
        button('secondary', () => post({ type: 'plan-again' }), { 'data-testid': 'again' }, 'Try Again'),
      ];
  }
}
