import type { ServiceSummary } from '../../kserve/serviceSummary.ts';
import { formatServiceRef } from '../../targets/kserve/serviceRef.ts';
import { factTable } from '../markdown.ts';
import type { Live, ServiceSubject, TreeNode } from '../treeNode.ts';
import { ageOf } from '../../kserve/describe/age.ts';
import { contextValue } from '../contextValue.ts';

const icons: Record<ServiceSummary['state'], TreeNode['icon']> = {
  starting: { name: 'loading~spin' },
  ready: { name: 'pass-filled', color: 'testing.iconPassed' },
  stopped: { name: 'debug-pause' },
  failed: { name: 'error', color: 'problemsErrorIcon.foreground' },
  deleting: { name: 'trash' },
};

/** An earlier version goes on answering. */
const answeringIcon = { name: 'warning', color: 'list.warningForeground' };

const words: Record<ServiceSummary['state'], string> = {
  starting: 'Starting',
  ready: 'Ready',
  stopped: 'Stopped',
  failed: 'Failed',
  deleting: 'Terminating',
};

/**
 * An InferenceService as a row. A ready one shows its version only: a healthy row needs no word.
 *
 * @param trouble what keeps a pod of it from starting, of which KServe itself says nothing for a long time
 */
export function serviceNode(
  id: string,
  contextName: string,
  summary: ServiceSummary,
  trouble: string | undefined,
  below: { readonly children: () => Promise<readonly TreeNode[]>; readonly live: Live },
): TreeNode {
  const { name, namespace, state, version, reason } = summary;
  const isHeldUp = trouble !== undefined && (state === 'starting' || state === 'ready');
  const word = isHeldUp ? trouble : (summary.word ?? words[state]);
  const told = state === 'ready' && !isHeldUp ? version : word;
  const tried = summary.canaries?.map((canary) => `canary ${canary}`) ?? [];
  const description = [told, ...tried].filter(Boolean).join(' · ');
  return {
    id,
    label: name,
    ...(description !== '' && { description }),
    icon: isHeldUp ? (summary.answers ? answeringIcon : icons.failed) : icons[state],
    contextValue: contextValue('service', state),
    subject: serviceSubject(contextName, summary),
    spoken: `${name}${version ? `, version ${version}` : ''}, ${word}${reason ? `: ${reason}` : ''}`,
    made: summary,
    tooltip: () => Promise.resolve(serviceTooltip(namespace, summary, word)),
    ...below,
  };
}

function serviceSubject(contextName: string, summary: ServiceSummary): ServiceSubject {
  const { name, namespace } = summary;
  const deploymentId = formatServiceRef({ context: contextName, namespace, name });
  return { kind: 'service', contextName, namespace, name, deploymentId, summary };
}

function serviceTooltip(namespace: string, summary: ServiceSummary, word: string): string {
  return factTable(`${namespace}/${summary.name}`, [
    ['State', word],
    ['Reason', summary.reason],
    ['URL', summary.url],
    ['Runtime', summary.runtime],
    ['Protocol', summary.protocol?.toUpperCase()],
    ['Format', summary.format],
    ['Model', [summary.modelName, summary.version].filter(Boolean).join(' ')],
    ['Canaries', summary.canaries?.join('; ')],
    ['Storage', [summary.storageUri, ...(summary.otherPlaces ?? [])].filter(Boolean).join(', ')],
    ['Replicas', replicas(summary)],
    ['Mode', summary.deploymentMode],
    ['Age', ageOf(summary.createdAt)],
    ['Last condition', [summary.lastCondition, ageOf(summary.since)].filter(Boolean).join(', ')],
    ['sha256', summary.sha256],
  ]);
}

/** `1 ready, 1 to 3 asked for` */
function replicas({ readyReplicas, minReplicas, maxReplicas }: ServiceSummary): string | undefined {
  const least = minReplicas ?? (maxReplicas === undefined ? undefined : 1);
  const asked =
    least === undefined ? undefined : maxReplicas && maxReplicas > least ? `${least} to ${maxReplicas}` : least;
  return [readyReplicas !== undefined && `${readyReplicas} ready`, asked !== undefined && `${asked} asked for`]
    .filter(Boolean)
    .join(', ');
}
