import type { ClassifyRequest } from '../../src/panel/messages/classifyMessages.ts';
import type { ConnectionView, RouteView } from '../../src/panel/messages/classifyState.ts';
import { el } from '../dom.ts';
import { button, choice, type ChoiceItem } from '../toolkit.ts';
import { words } from './words.ts';

/** By which way an endpoint of a cluster is reached, and which of its models is asked. Hidden for this computer. */
export class RouteBar {
  readonly element = el('div', { class: 'route-bar', 'data-testid': 'route-bar' });
  private shown = '';

  constructor(private readonly post: (request: ClassifyRequest) => void) {
    this.element.hidden = true;
  }

  update(endpointId: string | undefined, connection: ConnectionView | undefined): void {
    const key = JSON.stringify([endpointId, connection]);
    if (key === this.shown) return;
    this.shown = key;
    const focused = this.element.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-testid')
      : undefined;
    this.element.hidden = endpointId === undefined || connection === undefined;
    this.element.replaceChildren(...(endpointId !== undefined && connection ? this.parts(endpointId, connection) : []));
    if (focused) this.element.querySelector<HTMLElement>(`[data-testid="${focused}"]`)?.focus();
  }

  private parts(id: string, { routes, route, isOpen, models, model }: ConnectionView): readonly Node[] {
    const items = routes.length > 0 ? routes.map(routeItem) : [{ value: '', text: words.route.finding }];
    const routeChoice = choice(items, route, (kind) => this.post({ type: 'select-route', id, route: kind }), {
      'aria-label': isOpen ? words.route.connected : words.route.label,
      'data-testid': 'route',
      class: 'endpoint',
      disabled: routes.length === 0,
    });
    const disconnect = button(
      'secondary',
      () => this.post({ type: 'disconnect', id }),
      { 'data-testid': 'disconnect', title: words.route.disconnectHelp },
      words.route.disconnect,
    );
    const routeField = el(
      'div',
      { class: 'field' },
      el('span', { class: 'caption', 'aria-hidden': 'true' }, isOpen ? words.route.shownConnected : words.route.label),
      el('div', { class: 'route' }, routeChoice, ...(isOpen ? [disconnect] : [])),
    );
    return models.length > 0 ? [routeField, this.modelField(id, models, model)] : [routeField];
  }

  private modelField(id: string, models: readonly string[], model: string | undefined): HTMLElement {
    const isChosen = model !== undefined && models.includes(model);
    const items = models.map((name) => ({ value: name, text: name }));
    const all = isChosen ? items : [{ value: '', text: words.route.chooseModel }, ...items];
    const modelChoice = choice(
      all,
      isChosen ? model : '',
      (name) => name !== '' && this.post({ type: 'select-model', id, model: name }),
      { 'aria-label': words.route.model, 'data-testid': 'model', class: 'endpoint' },
    );
    return el(
      'div',
      { class: 'field' },
      el('span', { class: 'caption', 'aria-hidden': 'true' }, words.route.model),
      modelChoice,
    );
  }
}

function routeItem({ kind, label, unavailable }: RouteView): ChoiceItem {
  return unavailable === undefined
    ? { value: kind, text: label }
    : { value: kind, text: words.route.unavailable(label, unavailable), isDisabled: true };
}
