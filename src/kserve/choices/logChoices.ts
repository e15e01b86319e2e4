import { predictorNameOf } from '../predictors.ts';
import type { ContainerStatus, Pod } from '../resources/core.ts';

/** One container's log. */
export interface LogSource {
  readonly pod: string;
  readonly container: string;
  /** Of the run before the present one. */
  readonly previous: boolean;
}

/** What can be chosen: one log, or several at once. */
export interface LogChoice {
  readonly label: string;
  readonly description: string;
  readonly sources: readonly LogSource[];
}

/**
 * The logs of some pods, the most useful first: containers that run or have ended, those that serve before those that
 * prepare, the run before the present one where there was one. With several, all containers at once come last.
 */
export function logChoices(pods: readonly Pod[]): readonly LogChoice[] {
  const several = pods.length > 1;
  const choices = pods.flatMap((pod) =>
    containersOf(pod).flatMap(({ name, isInit, status }): LogChoice[] => {
      const source = { pod: pod.metadata.name, container: name };
      const predictor = predictorNameOf(pod);
      const words = [
        predictor !== undefined && `predictor ${predictor}`,
        isInit && 'init container',
        stateWords(status),
        several && pod.metadata.name,
      ];
      const description = words.filter(Boolean).join(' · ');
      const now = { label: name, description, sources: [{ ...source, previous: false }] };
      const hasEarlier = (status?.restartCount ?? 0) > 0;
      const earlier = {
        label: `${name}, previous run`,
        description: [endWords(status?.lastState?.terminated), several && pod.metadata.name]
          .filter(Boolean)
          .join(' · '),
        sources: [{ ...source, previous: true }],
      };
      return hasEarlier ? [now, earlier] : [now];
    }),
  );
  const present = choices.flatMap(({ sources }) => sources.filter(({ previous }) => !previous));
  if (present.length < 2) return choices;
  return [
    ...choices,
    { label: 'All containers', description: `${present.length} logs, followed together`, sources: present },
  ];
}

/** The sources that a script or a next step names; of all containers when it names none. */
export function namedSources(
  pods: readonly Pod[],
  container: string | undefined,
  previous: boolean,
): readonly LogSource[] {
  return pods.flatMap((pod) =>
    containersOf(pod)
      .filter(({ name, isInit }) => (container === undefined ? !isInit : name === container))
      .map(({ name }) => ({ pod: pod.metadata.name, container: name, previous })),
  );
}

interface NamedContainer {
  readonly name: string;
  readonly isInit: boolean;
  readonly status: ContainerStatus | undefined;
}

function containersOf({ spec, status }: Pod): readonly NamedContainer[] {
  const named = (isInit: boolean): readonly NamedContainer[] =>
    ((isInit ? spec?.initContainers : spec?.containers) ?? []).map(({ name }) => ({
      name,
      isInit,
      status: (isInit ? status?.initContainerStatuses : status?.containerStatuses)?.find((one) => one.name === name),
    }));
  return [...named(false), ...named(true)];
}

function stateWords(status: ContainerStatus | undefined): string {
  const { waiting, running, terminated } = status?.state ?? {};
  if (running) return 'running';
  if (terminated) return endWords(terminated);
  return waiting?.reason ?? 'waiting';
}

function endWords(ended: NonNullable<ContainerStatus['state']>['terminated']): string {
  return ended ? `${ended.reason ?? 'ended'}, exit code ${ended.exitCode}` : 'ended';
}
