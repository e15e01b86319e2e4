import type { ClassifyRequest } from '../../src/panel/contract/classifyMessages.ts';
import type { ClassifyState, EndpointChoice, EndpointState } from '../../src/panel/contract/classifyState.ts';
import { el, present, type Child } from '../dom.ts';
import { button, choice, type Choice } from '../toolkit.ts';

const stateWords: Readonly<Record<EndpointState, string>> = {
  starting: 'Starting…',
  ready: 'Ready',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** Which deployment answers, and what to do when it cannot. */
export class EndpointBar {
  readonly element = el('div', { class: 'endpoint-bar' });
  private readonly field = el('div', { class: 'field' });
  private readonly status = el('div', { class: 'endpoint-status' });
  private choice: Choice | undefined;
  private shownItems = '';
  private shownStatus = '';

  constructor(private readonly post: (request: ClassifyRequest) => void) {
    this.element.append(this.field, this.status);
  }

  update({ endpoints, selectedId, endpointsFailure }: ClassifyState): void {
    const items = endpoints.map(({ id, label, targetLabel, state }) => ({
      value: id,
      text: `${label} — ${targetLabel}${state === 'ready' ? '' : ` (${stateWords[state]})`}`,
    }));
    const key = JSON.stringify(items);
    if (key !== this.shownItems) {
      this.shownItems = key;
      this.showChoice(items, selectedId);
    }
    if (selectedId !== undefined) this.choice?.choose(selectedId);
    const selected = endpoints.find(({ id }) => id === selectedId);
    const statusKey = JSON.stringify([selected, endpointsFailure]);
    if (statusKey === this.shownStatus) return;
    this.shownStatus = statusKey;
    this.status.replaceChildren(...present(endpointsFailure ? this.failure(endpointsFailure) : this.about(selected)));
  }

  private showChoice(items: readonly { readonly value: string; readonly text: string }[], selected?: string): void {
    const hadFocus = this.field.contains(document.activeElement);
    const shown = items.length > 0 ? items : [{ value: '', text: 'No deployment' }];
    this.choice = choice(shown, selected, (id) => this.post({ type: 'select-endpoint', id }), {
      'aria-label': 'Endpoint',
      'data-testid': 'endpoint',
      class: 'endpoint',
      disabled: items.length === 0,
    });
    this.field.replaceChildren(
      el('span', { class: 'caption', 'aria-hidden': 'true' }, 'Endpoint'),
      this.choice.element,
    );
    if (hadFocus) this.choice.element.focus();
  }

  private about(endpoint: EndpointChoice | undefined): readonly Child[] {
    if (!endpoint)
      return [
        el('p', {}, 'No model is deployed yet. Deploy one, and the images that you add are classified.'),
        button('primary', () => this.post({ type: 'deploy' }), { 'data-testid': 'deploy' }, 'Deploy Model…'),
      ];
    const { id, state, reason } = endpoint;
    const canStart = state === 'stopped' || state === 'failed';
    return [
      el(
        'p',
        { class: `state state-${state}`, role: 'status', 'data-testid': 'endpoint-state' },
        el('span', { class: 'dot', 'aria-hidden': 'true' }),
        stateWords[state],
      ),
      reason !== undefined && el('p', { class: 'reason' }, reason),
      canStart &&
        button('primary', () => this.post({ type: 'start-endpoint', id }), { 'data-testid': 'start' }, 'Start'),
      (state === 'failed' || state === 'starting') &&
        button('secondary', () => this.post({ type: 'show-endpoint-log', id }), {}, 'Show Log'),
    ];
  }

  private failure({ reason, remedy }: NonNullable<ClassifyState['endpointsFailure']>): readonly Child[] {
    return [
      el('p', { class: 'reason', role: 'alert' }, [reason, remedy].filter(Boolean).join(' ')),
      button('secondary', () => this.post({ type: 'reload-endpoints' }), {}, 'Try Again'),
    ];
  }
}
