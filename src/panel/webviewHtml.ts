import { randomBytes } from 'node:crypto';

/** The part of vscode.Webview that the shell needs. */
export interface ShellOptions {
  readonly title: string;
  /** VS Code's language, for example `de`: numbers and times are written as it writes them. The texts are English. */
  readonly locale: string;
  readonly cspSource: string;
  /** Webview Uris of the built page. */
  readonly script: string;
  readonly style: string;
}

/**
 * The document of a page: nothing but a style sheet, a script with a nonce, and a policy that allows only these. The
 * toolkit's own styles are constructed style sheets, which the policy does not concern, so that inline styles are not
 * allowed either; the nonce in `csp-nonce` is for the one empty style element with which it finds out whether
 * `:focus-visible` works. The page talks to nobody: there is no `connect-src`.
 */
export function webviewHtml({ title, locale, cspSource, script, style }: ShellOptions): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `img-src ${cspSource} data:`,
    `font-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en" data-locale="${escapeHtml(locale)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(style)}">
</head>
<body>
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
