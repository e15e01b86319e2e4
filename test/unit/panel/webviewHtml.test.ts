import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { webviewHtml } from '../../../src/panel/webviewHtml.ts';

const options = {
  title: 'Classify Images',
  locale: 'de',
  cspSource: 'https://*.webview.test',
  script: 'https://x.webview.test/dist/webview/classify.js',
  style: 'https://x.webview.test/dist/webview/classify.css',
};

/** Directives of the document's policy by name. */
function policy(html: string): ReadonlyMap<string, string> {
  const content = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  const text = content.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  return new Map(text.split('; ').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1).join(' ')]));
}

describe('the document of a page', () => {
  it('allows its own script by nonce, its own styles and images, and nothing else', () => {
    const html = webviewHtml(options);
    const nonce = /<script nonce="([^"]+)"/.exec(html)?.[1];
    assert.ok(nonce);
    assert.deepEqual(Object.fromEntries(policy(html)), {
      'default-src': "'none'",
      'script-src': `'nonce-${nonce}'`,
      'style-src': `${options.cspSource} 'nonce-${nonce}'`,
      'img-src': `${options.cspSource} data:`,
      'font-src': options.cspSource,
      'base-uri': "'none'",
      'form-action': "'none'",
    });
    assert.doesNotMatch(html, /unsafe-|connect-src|frame-src/);
  });

  it('has one script and no code of its own', () => {
    const html = webviewHtml(options);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.match(html, /<script [^>]*><\/script>/);
    assert.doesNotMatch(html, / on\w+=|javascript:/);
  });

  it('never uses a nonce twice', () => {
    const nonces = Array.from({ length: 50 }, () => policy(webviewHtml(options)).get('script-src'));
    assert.equal(new Set(nonces).size, 50);
  });

  it('keeps a title with markup a title', () => {
    const html = webviewHtml({ ...options, title: '</title><script>alert(1)</script>.mar' });
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.match(html, /<title>&#60;\/title&#62;/);
  });
});
