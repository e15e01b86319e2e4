import type { ClassifyRequest } from '../../src/panel/messages/classifyMessages.ts';
import type { ClassifyState, EndpointChoice } from '../../src/panel/messages/classifyState.ts';
import { el, foreign, icon, present, type Child } from '../dom.ts';
import { button } from '../toolkit.ts';
import { RouteBar } from './routeBar.ts';
import { words } from './words.ts';

/** Which deployment answers, by which way, and what to do when it cannot. The list to choose from is VS Code's own. */
export class EndpointBar {
  readonly element = el('div', { class: 'endpoint-bar' });
  private readonly chooser: HTMLButtonElement;
  private readonly routes: RouteBar;
  private readonly status = el('div', { class: 'endpoint-status' });
  private shownChoice = '';
  private shownStatus = '';

  constructor(private readonly post: (request: ClassifyRequest) => void) {
    this.routes = new RouteBar(post);
    this.chooser = el('button', {
      type: 'button',
      class: 'chooser',
      'aria-haspopup': 'dialog',
      'data-testid': 'endpoint',
    });
    this.chooser.addEventListener('click', () => this.post({ type: 'choose-endpoint' }));
    const beside = button(
      'icon',
      () => this.post({ type: 'open-beside' }),
      { 'data-testid': 'open-beside', 'aria-label': words.endpoint.beside, title: words.endpoint.beside },
      icon('split'),
    );
    this.element.append(
      el(
        'div',
        { class: 'field' },
        el('span', { class: 'caption', 'aria-hidden': 'true' }, words.endpoint.label),
        el('div', { class: 'route' }, this.chooser, beside),
      ),
      this.routes.element,
      this.status,
    );
  }

  update({ endpoint, connection, endpointCount, endpointsFailure }: ClassifyState): void {
    this.showChoice(endpoint, endpointCount);
    this.routes.update(endpoint?.id, connection);
    const statusKey = JSON.stringify([endpoint, endpointsFailure, connection?.hasCredentials]);
    if (statusKey === this.shownStatus) return;
    this.shownStatus = statusKey;
    const hasCredentials = connection?.hasCredentials ?? false;
    this.status.replaceChildren(
      ...present(endpointsFailure ? this.failure(endpointsFailure) : this.about(endpoint, hasCredentials)),
    );
  }

  private showChoice(endpoint: EndpointChoice | undefined, count: number): void {
    const key = JSON.stringify([endpoint?.label, endpoint?.targetLabel, count]);
    if (key === this.shownChoice) return;
    this.shownChoice = key;
    this.chooser.disabled = count === 0;
    const [label, targetLabel] = endpoint ? [endpoint.label, endpoint.targetLabel] : [words.endpoint.none, ''];
    const of = count > 1 ? words.endpoint.oneOf(count) : '';
    // The words that are seen stand in the name in their order, so that voice control finds the button by them.
    this.chooser.setAttribute(
      'aria-label',
      `${words.endpoint.label}: ${[`${label} ${targetLabel}`.trim(), of].filter(Boolean).join(', ')}`,
    );
    this.chooser.replaceChildren(
      foreign(label, { class: 'chooser-label' }),
      ' ',
      foreign(targetLabel, { class: 'quiet chooser-target' }),
      icon('chevron'),
    );
  }

  private about(endpoint: EndpointChoice | undefined, hasCredentials: boolean): readonly Child[] {
    if (!endpoint)
      return [
        el('p', {}, words.endpoint.noneYet),
        button('primary', () => this.post({ type: 'deploy' }), { 'data-testid': 'deploy' }, words.endpoint.deploy),
      ];
    const { id, state, reason, isRemote } = endpoint;
    const canStart = state === 'stopped' || (state === 'failed' && !isRemote);
    return [
      el(
        'p',
        { class: `state state-${state}`, role: 'status', 'data-testid': 'endpoint-state' },
        el('span', { class: 'dot', 'aria-hidden': 'true' }),
        words.endpoint.states[state],
      ),
      reason !== undefined && el('p', { class: 'failure' }, icon('error'), el('span', {}, reason)),
      canStart &&
        button(
          'primary',
          () => this.post({ type: 'start-endpoint', id }),
          { 'data-testid': 'start' },
          words.endpoint.start,
        ),
      (state === 'failed' || state === 'starting') &&
        button('secondary', () => this.post({ type: 'show-endpoint-log', id }), {}, words.endpoint.log),
      isRemote &&
        button(
          'secondary',
          () => this.post({ type: 'set-credentials', id }),
          { 'data-testid': 'credentials' },
          hasCredentials ? words.endpoint.credentialsSet : words.endpoint.credentials,
        ),
    ];
  }

  private failure({
    reason,
    remedy,
    credentialsFor,
  }: NonNullable<ClassifyState['endpointsFailure']>): readonly Child[] {
    return [
      el(
        'p',
        { class: 'failure', role: 'alert' },
        icon('error'),
        el('span', {}, [reason, remedy].filter(Boolean).join(' ')),
      ),
      button('secondary', () => this.post({ type: 'reload-endpoints' }), {}, words.endpoint.tryAgain),
      credentialsFor !== undefined &&
        button(
          'secondary',
          () => this.post({ type: 'set-credentials', id: credentialsFor }),
          {},
          words.endpoint.setCredentials,
        ),
    ];
  }
}
