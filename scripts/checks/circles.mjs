import path from 'node:path';
import { parseCircular, parseDependencyTree } from 'dpdm';

/** Files that import each other in a circle, also where only types are imported. */
export const circles = {
  name: 'import circles',
  remedy: 'Move what both need into a file of its own.',
  async findings({ root }) {
    // It looks for patterns in the folder where the process stands, not in `context`.
    const sources = ['src', 'webview'].map((folder) => path.join(root, folder, '**', '*.ts'));
    const tree = await parseDependencyTree(sources, { context: root, include: /\.ts$/, transform: false });
    return parseCircular(tree).map((circle) => [...circle, circle[0]].join(' → '));
  },
};
