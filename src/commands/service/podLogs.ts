import * as vscode from 'vscode';
import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { rowSubject, textField } from '../core/arguments.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import type { ClusterObjects } from './clusterObjects.ts';
import { logChoices, namedSources, type LogSource } from '../../kserve/choices/logChoices.ts';
import type { NamedObject } from './objectNames.ts';
import { prompts } from '../prompts.ts';

/** Lines of the past that are shown before following. */
const tailLines = 1000;

interface Following {
  readonly channel: vscode.OutputChannel;
  abort: AbortController;
}

/** "Show Logs": follows containers in output channels, until they end or the user stops it. */
export class PodLogs implements vscode.Disposable {
  private readonly following = new Map<string, Following>();
  /** Made when the first log is followed: activation does as little as it can. */
  private status: vscode.StatusBarItem | undefined;

  constructor(
    private readonly objects: ClusterObjects,
    private readonly runner: CommandRunner,
  ) {}

  dispose(): void {
    this.stop();
    this.following.forEach(({ channel }) => channel.dispose());
    this.status?.dispose();
  }

  /** @param argument a row of a service, pod or container; `{ deploymentId | namespace, name, …, container?, previous? }` */
  async show(argument: unknown): Promise<void> {
    const object = await this.objects.object(argument, prompts.showPodLogs);
    const sources = await this.sources(object, argument);
    const connection = await this.objects.connection(object);
    // Not awaited: it goes on for as long as the containers run.
    void this.runner.run('modelDeck.showPodLogs', () => this.follow(object, sources, connection));
  }

  /** Ends all that are followed; what was read stays. */
  stop(): void {
    for (const following of this.following.values()) following.abort.abort();
    this.showStatus();
  }

  private async sources(object: NamedObject, argument: unknown): Promise<readonly LogSource[]> {
    const pods = await this.objects.podsOf(object);
    if (pods.length === 0) {
      throw new ModelDeckError('not-found', `${object.name} has no pods, so there are no logs.`, {
        remedy: 'Show its events to find out why.',
        nextStep: { kind: 'show-events', ...object },
      });
    }
    const subject = rowSubject(argument);
    const container = subject?.kind === 'container' ? subject.container : textField(argument, 'container');
    const isPrevious =
      typeof argument === 'object' && argument !== null && 'previous' in argument && argument.previous === true;
    if (container !== undefined) return this.requireNamed(namedSources(pods, container, isPrevious), object, container);
    const choices = logChoices(pods);
    const [only] = choices;
    if (only && choices.length === 1) return only.sources;
    const chosen = await vscode.window.showQuickPick(choices, { placeHolder: `Choose a log of ${object.name}` });
    if (chosen === undefined) throw ModelDeckError.cancelled();
    return chosen.sources;
  }

  private requireNamed(sources: readonly LogSource[], { name }: NamedObject, container: string): readonly LogSource[] {
    if (sources.length > 0) return sources;
    throw new ModelDeckError('not-found', `${name} has no container ${container}.`, {
      remedy: 'Its pod was deleted or replaced. Refresh the view.',
    });
  }

  private async follow(
    object: NamedObject,
    sources: readonly LogSource[],
    connection: ClusterConnection,
  ): Promise<void> {
    const title = titleOf(object, sources);
    const { channel, abort } = this.open(title);
    channel.show(true);
    this.showStatus();
    const follow = async ({ pod, container, previous }: LogSource): Promise<void> => {
      const prefix = sources.length > 1 ? `[${pod} ${container}] ` : '';
      const query = { namespace: object.namespace, pod, container, previous, tailLines, follow: !previous };
      await connection.logs(query, (line) => channel.appendLine(prefix + line), { signal: abort.signal });
      channel.appendLine(`${prefix}--- ${previous ? 'The end of the previous run' : 'The container has ended'} ---`);
    };
    try {
      const results = await Promise.allSettled(sources.map(follow));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed && !abort.signal.aborted) throw failed.reason;
      // Where it is followed again, this one has nothing more to say.
      const isShown = this.following.get(title)?.abort === abort;
      if (abort.signal.aborted && isShown) channel.appendLine('--- No longer followed ---');
    } finally {
      abort.abort();
      this.showStatus();
    }
  }

  /** The channel of a title, emptied; a following that still runs in it ends. */
  private open(title: string): Following {
    const before = this.following.get(title);
    before?.abort.abort();
    before?.channel.clear();
    const opened = {
      channel: before?.channel ?? vscode.window.createOutputChannel(title, 'log'),
      abort: new AbortController(),
    };
    this.following.set(title, opened);
    return opened;
  }

  private showStatus(): void {
    const live = [...this.following].filter(([, { abort }]) => !abort.signal.aborted).map(([title]) => title);
    void vscode.commands.executeCommand('setContext', 'modelDeck.followsLogs', live.length > 0);
    if (live.length === 0) return this.status?.hide();
    this.status ??= statusItem();
    this.status.text = `$(sync~spin) ${live.length === 1 ? 'Following a log' : `Following ${live.length} logs`}`;
    this.status.tooltip = `${live.join('\n')}\nClick to stop following.`;
    this.status.show();
  }
}

function statusItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('modelDeck.logs', vscode.StatusBarAlignment.Left);
  item.name = 'Model Deck: logs';
  item.command = 'modelDeck.stopFollowingLogs';
  return item;
}

function titleOf({ context, namespace, name }: NamedObject, sources: readonly LogSource[]): string {
  const [first] = sources;
  const what =
    sources.length === 1 && first ? `${first.pod} ${first.container}${first.previous ? ', previous run' : ''}` : name;
  return `${what} (${context} / ${namespace})`;
}
