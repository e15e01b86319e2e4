import type { ContractRowView } from '../src/panel/messages/classifyMessages.ts';
import { el, icon } from './dom.ts';

/** The contract, a row for each field; what is assumed has a sign. */
export function contractTable(rows: readonly ContractRowView[]): HTMLElement {
  return el(
    'table',
    { class: 'contract', 'data-testid': 'contract', 'aria-label': "The model's contract" },
    el('thead', {}, el('tr', {}, ...['Field', 'Value', 'Origin'].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, ...rows.map(row)),
  );
}

function row({ field, label, value, origin, assumed }: ContractRowView): HTMLElement {
  return el(
    'tr',
    { 'data-field': field },
    el('th', { scope: 'row', title: field }, label),
    el('td', {}, value),
    el('td', {}, assumed && icon('warning'), ` ${origin}`),
  );
}
