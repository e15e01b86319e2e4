import type { Endpoint } from '../endpoint.ts';
import { inferenceUrl } from '../client/inferenceCall.ts';
import type { ModelInput } from '../client/modelInput.ts';
import { requestDialect } from '../client/requests/index.ts';
import { requestFiles, tensorScript } from './tensorSnippet.ts';

/**
 * A shell command that sends the file to the endpoint; it needs `base64`, `tr` and `curl`. Header values and the
 * certificate authority are taken from the environment, never written out. For a model that takes a tensor it sends the
 * request that {@link asPython}'s script writes.
 * @param fileName path of the image as the user would type it
 */
export function asCurl(endpoint: Endpoint, fileName: string, input?: ModelInput): string {
  const files = input?.kind === 'tensor' ? requestFiles(input) : undefined;
  const { before, after } = bodyAround(endpoint, input);
  const contentHeaders = files ? `@${files.headers}` : `'Content-Type: application/json'`;
  const send = [
    `curl --silent --show-error --header ${contentHeaders} \\`,
    ...secretHeaders(endpoint).map(({ name, variable }) => `  --header "${name}: $${variable}" \\`),
    ...(endpoint.ca === undefined ? [] : [`  --cacert "$${caVariable}" \\`]),
    `  --data-binary @${files?.body ?? '-'} ${shellQuote(inferenceUrl(endpoint))}`,
    '',
  ];
  if (files) {
    const where = `${files.body} and ${files.headers}`;
    return [
      ...comments(endpoint, `# The model takes a tensor: "Copy as Python" computes it, as ${where}.`),
      ...send,
    ].join('\n');
  }
  return [
    ...comments(endpoint, formatComment(endpoint)),
    `{ printf %s ${shellQuote(before)}; base64 < ${shellQuote(fileName)} | tr -d '\\r\\n'; printf %s ${shellQuote(after)}; } |`,
    ...send.map((line) => (line === '' ? line : `  ${line}`)),
  ].join('\n');
}

/**
 * A Python 3 script that does the same with the standard library alone, for one file or for all that are named behind it, over one
 * connection; for a model that takes a tensor it needs Pillow and NumPy, and leaves the last request in files.
 */
export function asPython(endpoint: Endpoint, fileName: string, input?: ModelInput): string {
  const tensor = input?.kind === 'tensor' ? tensorScript(input) : undefined;
  const { perFile } = tensor ?? { perFile: encodedFile(endpoint, input) };
  const hasCa = endpoint.ca !== undefined;
  const { protocol, host, path } = addressOf(inferenceUrl(endpoint));
  const isSecure = protocol === 'https:';
  const context = isSecure
    ? [`context = ssl.create_default_context(${hasCa ? `cafile=os.environ["${caVariable}"]` : ''})`]
    : [];
  const secrets = secretHeaders(endpoint).map(({ name, variable }) => `headers["${name}"] = os.environ["${variable}"]`);
  const imports = ['base64', 'http.client', 'json', 'os', ...(isSecure ? ['ssl'] : []), 'sys'];
  return [
    ...comments(endpoint, tensor ? '# Needs Pillow and NumPy.' : formatComment(endpoint)),
    ...imports.filter((name) => !tensor || name !== 'base64').map((name) => `import ${name}`),
    ...(tensor?.setup ?? ['']),
    ...context,
    `connection = http.client.${isSecure ? 'HTTPS' : 'HTTP'}Connection(${pythonQuote(host)}${isSecure ? ', context=context' : ''})`,
    `for file_name in sys.argv[1:] or [${pythonQuote(fileName)}]:`,
    ...[
      ...perFile,
      ...secrets,
      `connection.request("POST", ${pythonQuote(path)}, body, headers)`,
      'answer = connection.getresponse()',
      'text = answer.read().decode()',
      'if answer.status != 200:',
      '    sys.exit("%d %s: %s" % (answer.status, answer.reason, text))',
      'print(json.dumps(json.loads(text), indent=2))',
    ].map((line) => `    ${line}`),
    '',
  ].join('\n');
}

function encodedFile(endpoint: Endpoint, input: ModelInput | undefined): readonly string[] {
  const { before, after } = bodyAround(endpoint, input);
  return [
    'with open(file_name, "rb") as file:',
    '    data = base64.b64encode(file.read()).decode()',
    `body = (${pythonQuote(before)} + data + ${pythonQuote(after)}).encode()`,
    'headers = {"Content-Type": "application/json"}',
  ];
}

/** The parts of an address that Python's connection wants apart. */
function addressOf(url: string): { readonly protocol: string; readonly host: string; readonly path: string } {
  const { protocol, host, pathname, search } = new URL(url);
  return { protocol, host, path: pathname + search };
}

/** Name of the environment variable that holds the path of the certificate authority's file. */
const caVariable = 'MODEL_CA_FILE';

/** The request's text on both sides of the base64 data. */
function bodyAround(
  { protocol, requestDialect: dialect }: Endpoint,
  input: ModelInput | undefined,
): { readonly before: string; readonly after: string } {
  if (protocol === 'v1') return requestDialect(dialect);
  const { name, shape } = input?.tensor ?? { name: 'image-0', shape: [1] };
  const head = JSON.stringify({ name, shape, datatype: 'BYTES' }).slice(0, -1);
  return { before: `{"inputs":[${head},"data":["`, after: '"]}]}' };
}

function formatComment({ imageEncoding }: Endpoint): string {
  const files = { 'rgb-jpeg': 'an RGB JPEG', 'rgb-jpeg-or-png': 'an RGB JPEG or PNG', original: 'a JPEG or PNG' };
  return `# The file must be ${files[imageEncoding]}.`;
}

function comments(endpoint: Endpoint, first: string): string[] {
  const variables = secretHeaders(endpoint).map(
    ({ name, variable }) => `# Set ${variable} to the value of the ${name} header.`,
  );
  const ca = endpoint.ca === undefined ? [] : [`# Set ${caVariable} to the file of the certificate authority.`];
  return [first, ...variables, ...ca];
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
