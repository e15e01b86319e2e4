import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './files.mjs';

/** Names of the kinds of stores, targets, model servers and package formats, as their ids have them. */
const kinds =
  'pvc|claim|folder|kserve|this-computer|torchserve|triton|tritonserver|mlserver|openvino|tensorflow|huggingface|pytorch';

/** What nobody outside a kind's own folder may do: ask which kind something is, or take an id to pieces. */
const rules = [
  {
    pattern: new RegExp(`\\bkind\\s*[!=]==?\\s*'(?:${kinds})'`),
    says: 'asks for a kind: give the kind what differs, or a capability',
    homes: [],
    allowed: {
      'src/packaging/read/folderFiles.ts': 'a folder of the file system, not a kind of store',
      'src/commands/clusters/clusterCommands.ts': 'the row of a claim, whose command this is',
    },
  },
  {
    pattern: /startsWith\('(?:pvc|kserve|folder|claim|file):/,
    says: 'takes an id or address to pieces: its kind parses it',
    homes: [],
    allowed: {
      'src/kserve/storageUri.ts': 'the one reader of storage addresses',
      'src/stores/folder/folderRef.ts': 'the reader of the addresses that it makes',
    },
  },
  {
    pattern: /\b(?:id|[a-z]+Id)\.split\(/,
    says: 'takes an id to pieces: its kind parses it',
    homes: [],
    allowed: {},
  },
  {
    pattern: /'(?:pytorch|torchserve)'/,
    says: 'names a runtime outside its folder',
    homes: [
      'src/packaging/kinds/torchserve/',
      'src/packaging/kinds/triton/',
      'src/kserve/runtimeTemplates/',
      'src/kserve/servers/',
      'src/local/torchserve/',
      'src/targets/thisComputer/runtimes/',
    ],
    allowed: {
      'src/kserve/servedModel.ts': "the framework fields of KServe's own schema",
      'src/local/serverRequest.ts': 'the message that starts the runtime in its process',
      'src/inference/client/requests/torchServeData.ts': 'the request dialect of that server',
    },
  },
];

/** Questions for a kind, and ids that are taken to pieces, outside the folder of that kind. */
export const kindTests = {
  name: 'tests of a kind',
  remedy: 'Move it into the kind, or add the file with its reason in scripts/checks/kinds.mjs.',
  findings({ root }) {
    const sources = ['src', 'webview'].flatMap((folder) => filesBelow(root, folder, (name) => name.endsWith('.ts')));
    return sources.flatMap((file) => kindTestsIn(file, readFileSync(path.join(root, file), 'utf8')));
  },
};

/**
 * @param {string} file with slashes, from the root
 * @param {string} text
 */
export function kindTestsIn(file, text) {
  const applied = rules.filter(
    ({ homes, allowed }) => !homes.some((home) => file.startsWith(home)) && !(file in allowed),
  );
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(?:\*|\/[/*])/.test(line)) return [];
    return applied.filter(({ pattern }) => pattern.test(line)).map(({ says }) => `${file}:${index + 1} ${says}`);
  });
}
