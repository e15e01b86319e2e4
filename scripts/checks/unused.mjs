import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Files and exports that nothing uses: neither the product nor a test. knip.json says where it starts. */
export const unused = {
  name: 'unused exports',
  remedy: 'Delete it, or leave out `export` where only its own file uses it.',
  findings({ root }) {
    // knip ships no types for its programme; its command is its door.
    const knip = path.join(root, 'node_modules', 'knip', 'bin', 'knip.js');
    const args = [knip, '--no-progress', '--reporter=json', '--include=files,exports,types,duplicates'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (!stdout.startsWith('{')) throw new Error(`knip failed: ${stderr || stdout}`);
    return JSON.parse(stdout).issues.flatMap(({ file, files, exports, types, duplicates }) => [
      ...files.map(() => `${file} is imported by nothing`),
      ...[...exports, ...types].map(({ name, line }) => `${file}:${line} ${name}`),
      ...duplicates.map((names) => `${file} exports the same thing as ${names.map(({ name }) => name).join(' and ')}`),
    ]);
  },
};
