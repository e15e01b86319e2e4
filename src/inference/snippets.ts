import type { Endpoint } from './endpoint.ts';
import { inferenceUrl } from './inferenceCall.ts';

/**
 * A shell command that sends the file to the endpoint; it needs `base64`, `tr` and `curl`. Header values are taken from the environment, never written out.
 * @param fileName path of the image as the user would type it
 */
export function asCurl(endpoint: Endpoint, fileName: string): string {
  const { before, after } = bodyAround(endpoint);
  return [
    ...comments(endpoint),
    `{ printf %s ${shellQuote(before)}; base64 < ${shellQuote(fileName)} | tr -d '\\r\\n'; printf %s ${shellQuote(after)}; } |`,
    `  curl --silent --show-error --header 'Content-Type: application/json' \\`,
    ...secretHeaders(endpoint).map(({ name, variable }) => `    --header "${name}: $${variable}" \\`),
    `    --data-binary @- ${shellQuote(inferenceUrl(endpoint))}`,
    '',
  ].join('\n');
}

/** A Python 3 script that does the same with the standard library alone. */
export function asPython(endpoint: Endpoint, fileName: string): string {
  const { before, after } = bodyAround(endpoint);
  return [
    ...comments(endpoint),
    'import base64',
    'import json',
    'import os',
    'import urllib.request',
    '',
    `with open(${pythonQuote(fileName)}, "rb") as file:`,
    '    data = base64.b64encode(file.read()).decode()',
    '',
    'request = urllib.request.Request(',
    `    ${pythonQuote(inferenceUrl(endpoint))},`,
    `    data=(${pythonQuote(before)} + data + ${pythonQuote(after)}).encode(),`,
    '    headers={',
    '        "Content-Type": "application/json",',
    ...secretHeaders(endpoint).map(({ name, variable }) => `        "${name}": os.environ["${variable}"],`),
    '    },',
    ')',
    'with urllib.request.urlopen(request) as response:',
    '    print(json.dumps(json.load(response), indent=2))',
    '',
  ].join('\n');
}

/** The request's text on both sides of the base64 data. */
function bodyAround({ protocol }: Endpoint): { before: string; after: string } {
  return protocol === 'v1'
    ? { before: '{"instances":[{"data":"', after: '"}]}' }
    : { before: '{"inputs":[{"name":"image-0","shape":[1],"datatype":"BYTES","data":["', after: '"]}]}' };
}

function comments(endpoint: Endpoint): string[] {
  const formats = endpoint.imageEncoding === 'rgb-jpeg' ? 'an RGB JPEG' : 'an RGB JPEG or PNG';
  const variables = secretHeaders(endpoint).map(
    ({ name, variable }) => `# Set ${variable} to the value of the ${name} header.`,
  );
  return [`# The file must be ${formats}.`, ...variables];
}

/** Headers by the environment variable that holds their value. */
function secretHeaders({ headers = {} }: Endpoint): { name: string; variable: string }[] {
  // Only names that HTTP allows: they go into the scripts unquoted.
  const names = Object.keys(headers).filter((name) => /^[A-Za-z0-9-]+$/.test(name));
  return names.map((name) => ({ name, variable: `MODEL_${name.toUpperCase().replaceAll('-', '_')}` }));
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** JSON's escapes are a part of Python's. */
function pythonQuote(text: string): string {
  return JSON.stringify(text);
}
