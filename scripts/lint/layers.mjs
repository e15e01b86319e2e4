import path from 'node:path';

/**
 * Lint rule: a folder of src/ imports only the folders that its layer names. Imports are resolved, so that a nested folder
 * that bears a layer's name (`commands/deploy`) is no way around it, and none is suspected for its name.
 *
 * Option: `{ source: <absolute folder>, layers: { <folder>: { uses: [<folder>] } } }`. Files that lie in `source` itself may
 * import everything, and nothing imports them.
 */
export const layersRule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object' }],
    messages: {
      stranger: 'src/{{from}} may import {{uses}} only, not {{to}}: see "layers" in eslint.config.mjs.',
      unknown: 'src/{{from}} has no place in "layers" in eslint.config.mjs.',
    },
  },
  create(context) {
    const [{ source, layers }] = context.options;
    const layerOf = (file) => {
      const parts = path.relative(source, file).split(path.sep);
      return parts[0] === '..' || parts.length === 1 ? undefined : parts[0];
    };
    const from = layerOf(context.filename);
    if (from === undefined) return {};
    const layer = layers[from];
    if (layer === undefined) {
      return { Program: (node) => context.report({ node, messageId: 'unknown', data: { from } }) };
    }
    const check = (node) => {
      const imported = node?.value;
      if (typeof imported !== 'string' || !imported.startsWith('.')) return;
      const target = path.resolve(path.dirname(context.filename), imported);
      if (path.relative(source, target).startsWith('..')) return;
      const to = layerOf(target);
      if (to === from || layer.uses.includes(to)) return;
      const data = { from, to: to ?? path.basename(target), uses: layer.uses.join(', ') || 'nothing' };
      context.report({ node, messageId: 'stranger', data });
    };
    return {
      ImportDeclaration: ({ source: node }) => check(node),
      ExportNamedDeclaration: ({ source: node }) => check(node),
      ExportAllDeclaration: ({ source: node }) => check(node),
      ImportExpression: ({ source: node }) => check(node),
      TSImportType: ({ argument }) => check(argument?.literal ?? argument),
    };
  },
};
