// Tidies up behind a test process that died in whatever way: waits for the end of its standard input, then ends what is
// left of the cluster. Lines of the input: `group <pid>`, `mount <folder>`, `folder <path>`; a `-` in front takes one back.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const kept = new Set();
for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('-')) kept.delete(line.slice(1));
  else kept.add(line);
}
const of = (kind) => [...kept].filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
for (const pid of of('group')) {
  try {
    process.kill(-Number(pid), 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
for (const folder of of('mount')) spawnSync('umount', ['--lazy', folder]);
for (const folder of of('folder')) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
