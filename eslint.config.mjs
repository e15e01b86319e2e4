import path from 'node:path';
import tseslint from 'typescript-eslint';
import { layersRule } from './scripts/lint/layers.mjs';
import { readRestrictions, sleepRestrictions } from './scripts/lint/testRules.mjs';

/**
 * Which folder of src/ may import which others, and which libraries live behind its door alone. The picture is in
 * CONTRIBUTING.md. Folders stand in the order of the data's way, so that a cycle between folders cannot be written.
 */
const layers = {
  foundation: { uses: [], owns: [] },
  cluster: { uses: ['foundation'], owns: ['@kubernetes/client-node', 'js-yaml', 'openid-client', 'socks', 'ws'] },
  kserve: { uses: ['foundation', 'cluster'], owns: ['js-yaml'] },
  contract: { uses: ['foundation'], owns: [] },
  packaging: { uses: ['foundation', 'contract'], owns: ['archiver', 'yauzl', 'js-yaml', 'ajv', 'tar-stream'] },
  stores: { uses: ['foundation', 'contract', 'cluster', 'kserve', 'packaging'], owns: [] },
  inference: {
    uses: ['foundation', 'contract', 'kserve', 'packaging'],
    owns: ['sharp', 'geotiff', 'bmp-ts', '@cornerstonejs/codec-openjpeg'],
  },
  local: {
    uses: ['foundation', 'contract', 'kserve', 'packaging', 'inference'],
    owns: ['onnxruntime-node', 'onnxruntime-web', 'onnxruntime-common'],
  },
  targets: {
    uses: ['foundation', 'contract', 'cluster', 'kserve', 'packaging', 'stores', 'inference', 'local'],
    owns: [],
  },
  deploy: { uses: ['foundation', 'contract', 'cluster', 'kserve', 'packaging', 'stores', 'targets'], owns: [] },
};
const engines = Object.keys(layers);
const faces = {
  views: { uses: engines, owns: ['vscode'] },
  panel: { uses: engines, owns: ['vscode'] },
  commands: { uses: [...engines, 'views', 'panel'], owns: ['vscode'] },
};
const folders = { ...layers, ...faces };
const libraries = [...new Set(Object.values(folders).flatMap((folder) => folder.owns))];

const importRules = Object.entries(folders).map(([name, { owns }]) => {
  const closed = libraries.filter((library) => !owns.includes(library));
  const paths = closed.map((library) => ({ name: library, message: `src/${name} does not know ${library}.` }));
  return { files: [`src/${name}/**/*.ts`], rules: { 'no-restricted-imports': ['error', { paths }] } };
});

/** What node:test gives back its runner awaits itself. */
const runByNode = ['describe', 'it', 'suite', 'test', 'before', 'after', 'beforeEach', 'afterEach'];

export default tseslint.config(
  { ignores: ['dist/', 'artifacts/', 'node_modules/', '**/fixtures/**', 'media/'] },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts', 'test/**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './webview/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
      complexity: ['error', 20],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // An expect() that nobody awaits would hold whatever the page shows.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: runByNode, package: 'node:test' }] },
      ],
      'no-console': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    // The harness plays machines, which take their time.
    ignores: ['test/waitUntil.ts', 'test/cluster/harness/**'],
    rules: { 'no-restricted-syntax': ['error', ...sleepRestrictions] },
  },
  {
    files: ['test/ui/**/*.ts', 'test/cluster/ui/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...sleepRestrictions, ...readRestrictions] },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { own: { rules: { layers: layersRule } } },
    rules: { 'own/layers': ['error', { source: path.join(import.meta.dirname, 'src'), layers: folders }] },
  },
  ...importRules,
  {
    // The page imports only the message contract, so that nothing of the host can leak into it.
    files: ['webview/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '\\.\\./src/(?!panel/messages)', message: 'The page knows only src/panel/messages.' }] },
      ],
    },
  },
);
