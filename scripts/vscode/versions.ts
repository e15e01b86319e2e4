/**
 * The VS Codes we test in. `codeServer` is the npm package that carries exactly that workbench and extension host;
 * `node` is the Node that its native parts want.
 */
export const vscodeVersions = {
  /** The oldest that package.json's `engines` admits. */
  minimum: { vscode: '1.99.3', codeServer: '4.99.4', node: 20 },
  newest: { vscode: '1.139.1', codeServer: '4.139.1', node: 24 },
} as const;

export type VscodeVersionName = keyof typeof vscodeVersions;
export type VscodeVersion = (typeof vscodeVersions)[VscodeVersionName];

/** Which one a run is for: `MODEL_DECK_VSCODE_VERSION`, `minimum` when it is not set. */
export function chosenVersion(): VscodeVersion {
  const name = process.env['MODEL_DECK_VSCODE_VERSION'] ?? 'minimum';
  if (!(name in vscodeVersions)) {
    throw new Error(`MODEL_DECK_VSCODE_VERSION is ${name}; it can be ${Object.keys(vscodeVersions).join(' or ')}.`);
  }
  return vscodeVersions[name as VscodeVersionName];
}
