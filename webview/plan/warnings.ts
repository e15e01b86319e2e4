import { el, icon, type Child } from '../dom.ts';
import { section } from '../part.ts';

export function warningSection(warnings: readonly string[]): readonly Child[] {
  if (warnings.length === 0) return [];
  const items = warnings.map((text) => el('li', { class: 'warning' }, icon('warning'), el('span', {}, text)));
  return [section('Warnings', 'warnings', el('ul', { class: 'warnings' }, ...items))];
}
