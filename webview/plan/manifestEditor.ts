import type { FindingView, ManifestView, PlanRequest } from '../../src/panel/messages/planMessages.ts';
import { el, icon } from '../dom.ts';
import { Part } from '../part.ts';

/** Milliseconds without a key press before the text is sent. */
const quietMs = 150;
const mostRows = 40;

/** The manifest as text, with the numbers of its lines and what is wrong with it. Tab leaves it, as in any field. */
export class ManifestEditor {
  readonly element: HTMLElement;
  private readonly field = el('textarea', {
    class: 'mono',
    'data-testid': 'manifest',
    'aria-label': 'Manifest of the InferenceService, in YAML',
    'aria-describedby': 'manifest-findings',
    spellcheck: 'false',
    autocomplete: 'off',
    wrap: 'off',
  });
  private readonly numbers = el('div', { class: 'numbers mono', 'aria-hidden': 'true' });
  private readonly findings = new Part('div', { id: 'manifest-findings' });
  private revision = -1;
  private pending: number | undefined;

  constructor(
    private readonly post: (request: PlanRequest) => void,
    onType: () => void,
  ) {
    this.field.addEventListener('input', () => {
      onType();
      this.fit();
      window.clearTimeout(this.pending);
      this.pending = window.setTimeout(() => this.send(), quietMs);
    });
    this.field.addEventListener('blur', () => this.hasPending() && this.send());
    this.field.addEventListener('scroll', () => (this.numbers.scrollTop = this.field.scrollTop));
    this.element = el(
      'div',
      { class: 'manifest' },
      el('div', { class: 'manifest-text' }, this.numbers, this.field),
      this.findings.element,
    );
  }

  /** Whether the host does not know yet what the field says. */
  hasPending(): boolean {
    return this.pending !== undefined;
  }

  update({ text, revision, findings }: ManifestView): void {
    if (revision !== this.revision) {
      this.revision = revision;
      window.clearTimeout(this.pending);
      this.pending = undefined;
      this.field.value = text;
      this.fit();
    }
    this.field.setAttribute('aria-invalid', String(findings.some(({ severity }) => severity === 'error')));
    this.findings.show(findings, () => (findings.length === 0 ? [] : [this.list(findings)]));
    for (const [index, number] of [...this.numbers.children].entries()) {
      number.classList.toggle(
        'wrong',
        findings.some(({ line, severity }) => line === index && severity === 'error'),
      );
    }
  }

  private send(): void {
    window.clearTimeout(this.pending);
    this.pending = undefined;
    this.post({ type: 'edit', text: this.field.value });
  }

  /** As high as its text, up to a limit. */
  private fit(): void {
    const lines = this.field.value.split('\n').length;
    this.field.rows = Math.min(mostRows, Math.max(6, lines));
    if (this.numbers.childElementCount === lines) return;
    this.numbers.replaceChildren(...Array.from({ length: lines }, (_none, index) => el('div', {}, String(index + 1))));
  }

  private list(findings: readonly FindingView[]): HTMLElement {
    const items = findings.map(({ line, message, severity }) => {
      const go = el('button', { class: 'finding', type: 'button' }, `Line ${line + 1}: ${message}`);
      go.addEventListener('click', () => this.goTo(line));
      return el('li', { class: severity === 'error' ? 'failure' : 'warning' }, icon(severity), go);
    });
    return el('ul', { class: 'warnings', 'data-testid': 'findings' }, ...items);
  }

  private goTo(line: number): void {
    const lines = this.field.value.split('\n');
    const start = lines.slice(0, line).reduce((length, text) => length + text.length + 1, 0);
    this.field.focus();
    this.field.setSelectionRange(start, start + (lines[line]?.length ?? 0));
  }
}
