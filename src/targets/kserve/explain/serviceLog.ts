import type { Task } from '../../../foundation/task.ts';
import type { Pod } from '../../../kserve/resources/core.ts';
import { podsOf } from '../operate/deleteService.ts';
import type { Place } from '../place.ts';

/** Lines of each container. */
const tailLines = 500;

/** The newest lines of every container of a service's pods, the newest pod first, each under a heading. */
export async function readServiceLog(place: Place, name: string, task: Task = {}): Promise<string> {
  const pods = [...(await podsOf(place, name, task))].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  );
  if (pods.length === 0) return `${name} has no pods now.\n`;
  const parts = await Promise.all(pods.flatMap((pod) => containersOf(pod).map((each) => tail(place, pod, each, task))));
  return parts.join('\n');
}

function containersOf({ spec }: Pod): readonly string[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name }) => name);
}

async function tail(place: Place, pod: Pod, container: string, task: Task): Promise<string> {
  const { connection, namespace } = place;
  const lines: string[] = [];
  const query = { namespace, pod: pod.metadata.name, container, tailLines, timestamps: true };
  try {
    await connection.logs(query, (line) => lines.push(line), task);
  } catch (error) {
    lines.push(error instanceof Error ? error.message : String(error));
  }
  return `==> ${pod.metadata.name} / ${container} <==\n${lines.map((line) => `${line}\n`).join('')}`;
}
