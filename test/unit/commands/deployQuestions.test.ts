import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeployGiven } from '../../../src/commands/deploy/deployArguments.ts';
import {
  deployAnswers,
  deployQuestions,
  deployTitle,
  storeOf,
  wantsKubeconfig,
  wantsNoClaim,
  type DeployQuestion,
} from '../../../src/commands/deploy/deployQuestions.ts';
import type { DeployChoices } from '../../../src/commands/deploy/deploySteps.ts';
import type { Answers, InputStep, PickItem, PickStep } from '../../../src/commands/core/questions.ts';
import type { NameRule } from '../../../src/targets/target.ts';
import type { DeploySpec } from '../../../src/packaging/spec/modelSpec.ts';

const names = (rule: string): NameRule => ({
  checkName: (name) => (/^[a-z]+$/.test(name) ? undefined : `${rule}: small letters only`),
  suggestName: (modelName) => modelName.toLowerCase().replace(/[^a-z]/g, ''),
});

const choices: DeployChoices = {
  targets: [
    {
      id: 'this-computer',
      label: 'This computer',
      summary: 'a server on 127.0.0.1',
      isRemote: false,
      ...names('here'),
    },
  ],
  contexts: [
    { name: 'kind-kind', isCurrent: false },
    { name: 'minikube', isCurrent: true, server: 'https://127.0.0.1:8443' },
  ],
  namespaces: () =>
    Promise.resolve({
      names: [{ name: 'default' }, { name: 'kserve', unusable: 'no model would be mounted' }, { name: 'ml' }],
      preferred: 'default',
      note: 'Namespaces cannot be listed.',
    }),
  claims: () =>
    Promise.resolve([
      { name: 'lost', description: '1Gi', unusable: 'Its volume is lost.' },
      { name: 'models', description: '10Gi · ReadWriteOnce', note: 'One node at a time.' },
      { name: 'shared', description: '10Gi · ReadWriteMany' },
    ]),
  stores: () => Promise.resolve([]),
  runtimes: () =>
    Promise.resolve({
      automatic: { name: 'kserve-torchserve', sentence: 'It is the only one.', protocols: ['v1', 'v2'] },
      runtimes: [
        { name: 'kserve-torchserve', scope: 'cluster', protocols: ['v1', 'v2'], resources: 'cpu=1, memory=2Gi' },
        { name: 'kserve-tritonserver', scope: 'cluster', protocols: ['v2'], detail: 'Triton, about 2 s.' },
        { name: 'kserve-sklearnserver', scope: 'cluster', protocols: [], unusable: 'It serves sklearn.' },
      ],
      makeable: [made],
    }),
  option: () => Promise.resolve(undefined),
  requireKServe: () => Promise.resolve(),
  requireRuntime: () => Promise.resolve(),
  serviceNames: (namespace) => names(namespace),
  namespaceProblem: (name) => (name === '' ? 'empty' : undefined),
  quantityProblem: (resource, amount) => (/^\d/.test(amount) ? undefined : `no amount of ${resource}`),
};

const made = {
  server: 'ovms',
  label: 'OpenVINO Model Server',
  name: 'model-deck-openvino',
  image: 'openvino/model_server:1',
  protocols: ['v2' as const],
  detail: 'how soon it answers was not measured',
};

interface Case {
  readonly given?: DeployGiven;
  readonly remembered?: DeploySpec;
  readonly contexts?: DeployChoices['contexts'];
}

const contextOf = ({ given = {}, remembered = {}, contexts = choices.contexts }: Case) => ({
  modelName: 'Net',
  given,
  remembered,
  choices: { ...choices, contexts },
});

/** The step of a question as it would be shown. */
async function step(
  key: DeployQuestion,
  of: Case,
  answers: Answers<DeployQuestion> = {},
): Promise<PickStep | InputStep | undefined> {
  const question = deployQuestions(contextOf(of)).find((one) => one.key === key);
  assert.ok(question);
  if ('ask' in question) return question.ask(answers);
  return question.applies(answers) ? question.load(answers, new AbortController().signal) : undefined;
}

async function asked(of: Case, answers: Answers<DeployQuestion> = {}): Promise<readonly string[]> {
  const keys = deployQuestions(contextOf(of)).map(({ key }) => key);
  const steps = await Promise.all(keys.map((key) => step(key, of, answers)));
  return keys.filter((_key, index) => steps[index] !== undefined);
}

async function picked(
  key: DeployQuestion,
  of: Case,
  answers: Answers<DeployQuestion>,
): Promise<{ readonly items: readonly PickItem[]; readonly value: string | undefined; readonly prompt: string }> {
  const shown = await step(key, of, answers);
  assert.ok(shown?.kind === 'pick');
  return { items: shown.items, value: shown.value, prompt: shown.prompt };
}

const toMl: Answers<DeployQuestion> = { target: 'context:minikube', namespace: 'ml' };
const all = ['namespace', 'claim', 'name', 'runtime', 'protocol', 'resources', 'replicas'];

describe('deployQuestions', () => {
  it('asks nothing more for This computer, and name and protocol only when they are wanted', async () => {
    assert.deepEqual(await asked({ given: { target: 'this-computer' } }), []);
    assert.deepEqual(await asked({}, { target: 'this-computer' }), ['target']);
    const answers = { target: 'advanced:this-computer' };
    assert.deepEqual(await asked({}, answers), ['target', 'name', 'protocol']);
    assert.equal(deployTitle('net 1.0', answers, contextOf({})), 'Deploy net 1.0 to This computer');
    assert.deepEqual(deployAnswers({ ...answers, name: 'cats', protocol: 'v2' }, contextOf({})), {
      kind: 'target',
      target: 'this-computer',
      name: 'cats',
      protocol: 'v2',
    });
  });

  it('offers to name a kubeconfig where there is no cluster', async () => {
    const values = async (of: Case): Promise<readonly string[]> =>
      (await picked('target', of, {})).items.map(({ value }) => value);
    assert.deepEqual(await values({ contexts: [] }), ['this-computer', 'advanced:this-computer', '+kubeconfig']);
    assert.ok(!(await values({})).includes('+kubeconfig'));
    assert.ok(wantsKubeconfig({ target: '+kubeconfig' }));
  });

  it('says at once of a cluster that it has no KServe, and of a namespace that nothing serves the model', async () => {
    const refuse = (what: string) => () => Promise.reject(new Error(what));
    const lacking = { ...choices, requireKServe: refuse('no KServe'), requireRuntime: refuse('no runtime') };
    const load = async (key: DeployQuestion, of: DeployChoices): Promise<unknown> => {
      const question = deployQuestions({ ...contextOf({}), choices: of }).find((one) => one.key === key);
      assert.ok(question && 'load' in question);
      return question.load(toMl, new AbortController().signal);
    };
    await assert.rejects(load('namespace', lacking), /no KServe/);
    await assert.rejects(load('claim', { ...lacking, requireKServe: choices.requireKServe }), /no runtime/);
  });

  it('asks everything for a cluster', async () => {
    assert.deepEqual(await asked({}, toMl), ['target', ...all]);
    assert.ok((await asked({}, { ...toMl, namespace: '+other' })).includes('otherNamespace'));
  });

  it('asks nothing that a row or a script says', async () => {
    const given: DeployGiven = { context: 'minikube', namespace: 'ml' };
    assert.deepEqual(await asked({ given }), ['claim', 'name', 'runtime', 'protocol', 'resources', 'replicas']);
    const whole: DeployGiven = {
      ...given,
      claim: 'models',
      name: 'net',
      runtime: '',
      protocol: 'v1',
      resources: {},
      minReplicas: 1,
    };
    assert.deepEqual(await asked({ given: whole }), []);
  });

  it('asks a script without a page only for what has no answer of its own', async () => {
    assert.deepEqual(await asked({ given: { confirm: false } }, toMl), ['target', 'namespace', 'claim']);
    assert.deepEqual(await asked({ given: { confirm: false, target: 'this-computer' } }), []);
  });

  it('offers the remembered place first, unless its context is gone', async () => {
    const remembered = { context: 'kind-kind', namespace: 'ml', claim: 'shared', runtime: 'kserve-torchserve' };
    assert.equal((await picked('target', { remembered }, {})).value, 'context:kind-kind');
    assert.equal((await picked('target', { remembered: { context: 'gone' } }, {})).value, 'this-computer');
    assert.equal((await picked('namespace', { remembered }, toMl)).value, 'ml');
    assert.equal((await picked('namespace', {}, toMl)).value, 'default');
    assert.equal((await picked('claim', { remembered }, toMl)).value, 'shared');
    assert.equal((await picked('claim', {}, toMl)).value, 'models', 'the first that can be used');
    assert.equal((await picked('runtime', { remembered }, toMl)).value, 'kserve-torchserve');
  });

  it('lists what cannot be chosen with its reason', async () => {
    const reasons = async (key: DeployQuestion): Promise<readonly (readonly [string, string])[]> =>
      (await picked(key, {}, toMl)).items.flatMap(({ value, unusable }) =>
        unusable === undefined ? [] : [[value, unusable]],
      );
    assert.deepEqual(await reasons('namespace'), [['kserve', 'no model would be mounted']]);
    assert.deepEqual(await reasons('claim'), [['lost', 'Its volume is lost.']]);
    assert.deepEqual(await reasons('runtime'), [['kserve-sklearnserver', 'It serves sklearn.']]);
  });

  it('says what is chosen and why, before the runtimes that can be named or made', async () => {
    const { items } = await picked('runtime', {}, toMl);
    assert.match(items[0]?.label ?? '', /Chosen: kserve-torchserve/);
    assert.equal(items[0]?.detail, 'It is the only one.');
    assert.deepEqual(items.map(({ label }) => label).slice(1), [
      'can serve it',
      'kserve-torchserve',
      'kserve-tritonserver',
      'can be made',
      '$(add) Make a runtime of OpenVINO Model Server in the namespace',
      'cannot serve it',
      'kserve-sklearnserver',
    ]);
  });

  it('begins with a runtime that can be made where nothing fits, and asks for its image', async () => {
    const unusable = 'No runtime of the cluster can serve it.';
    const nothing: DeployChoices = {
      ...choices,
      runtimes: () =>
        Promise.resolve({
          automatic: { sentence: unusable, protocols: ['v1', 'v2'], unusable },
          runtimes: [],
          makeable: [made],
        }),
    };
    const questions = deployQuestions({ ...contextOf({}), choices: nothing });
    const question = questions.find(({ key }) => key === 'runtime');
    assert.ok(question && 'load' in question);
    const shown = await question.load(toMl, new AbortController().signal);
    assert.ok(shown?.kind === 'pick');
    assert.equal(shown.items[0]?.unusable, unusable);
    assert.equal(shown.value, '+new:ovms');
    const answers = { ...toMl, claim: 'models', runtime: '+new:ovms' };
    const image = questions.find(({ key }) => key === 'image');
    assert.ok(image && 'ask' in image);
    assert.equal(image.ask(answers)?.value, 'openvino/model_server:1');
    const decided = deployAnswers({ ...answers, image: ' mirror/ovms:1 ' }, { ...contextOf({}), choices: nothing });
    assert.ok(decided.kind === 'cluster');
    assert.deepEqual(decided.newRuntime, { server: 'ovms', image: 'mirror/ovms:1' });
    assert.equal(decided.runtime, undefined);
  });

  it('asks for the protocol only where the runtime speaks several', async () => {
    const questions = deployQuestions(contextOf({}));
    const [runtime, protocol] = (['runtime', 'protocol'] as const).map((wanted) =>
      questions.find(({ key }) => key === wanted),
    );
    assert.ok(runtime && 'load' in runtime && protocol && 'ask' in protocol);
    await runtime.load(toMl, new AbortController().signal);
    assert.equal(protocol.ask({ ...toMl, runtime: 'kserve-tritonserver' }), undefined);
    assert.equal(protocol.ask({ ...toMl, runtime: '+new:ovms' }), undefined);
    assert.equal(protocol.ask({ ...toMl, runtime: '' })?.kind, 'pick');
  });

  it('ends when there is no claim to take, and goes on when the user turns to This computer', async () => {
    const answers = { ...toMl, claim: '+none' };
    assert.ok(wantsNoClaim(answers));
    assert.deepEqual(await asked({}, answers), ['target', 'namespace', 'claim']);
    assert.deepEqual(await asked({}, { ...answers, target: 'this-computer' }), ['target']);
  });

  it('complains about resources and replicas as they are typed', async () => {
    const resources = await step('resources', {}, toMl);
    assert.ok(resources?.kind === 'input');
    assert.equal(resources.validate?.(''), undefined);
    assert.equal(resources.validate?.('cpu=1'), undefined);
    assert.match(resources.validate?.('cpu') ?? '', /for example/);
    assert.equal(resources.validate?.('memory=lots'), 'no amount of memory');
    const replicas = await step('replicas', { remembered: { minReplicas: 1, maxReplicas: 4 } }, toMl);
    assert.ok(replicas?.kind === 'input');
    assert.equal(replicas.value, '1-4');
    assert.ok(replicas.validate?.('four'));
  });
});

describe('stores beside the claims', () => {
  const withStores = (of: Case) => {
    const context = contextOf(of);
    const stores = () => Promise.resolve([{ id: 'bucket:team', label: 'Team bucket' }]);
    const question = deployQuestions({ ...context, choices: { ...context.choices, stores } }).find(
      ({ key }) => key === 'claim',
    );
    assert.ok(question && 'load' in question);
    return question;
  };

  it('are offered after them, and remembered', async () => {
    const shown = await withStores({}).load(toMl, new AbortController().signal);
    assert.ok(shown?.kind === 'pick');
    const labels = shown.items.map(({ label }) => label);
    assert.deepEqual(labels.slice(-2), ['$(library) Team bucket', '$(question) No claim that fits?']);
    assert.equal(shown.prompt, 'Choose where the model is kept');
    assert.equal(shown.value, 'models', 'a claim that can be used comes first');
    const again = await withStores({ remembered: { store: 'bucket:team' } }).load(toMl, new AbortController().signal);
    assert.equal(again?.value, 'store:bucket:team');
    assert.equal(withStores({ given: { store: 'bucket:team' } }).applies(toMl), false);
  });

  it('keep the model instead of a claim', () => {
    const decided = deployAnswers({ ...toMl, claim: 'store:bucket:team', name: 'cats' }, contextOf({}));
    assert.ok(decided.kind === 'cluster');
    assert.deepEqual([decided.store, decided.claim, storeOf(decided)], ['bucket:team', undefined, 'bucket:team']);
    assert.equal(
      storeOf({ context: 'minikube', namespace: 'ml', claim: 'models', name: 'cats', protocol: 'v1' }),
      'claim:minikube/ml/models',
    );
  });
});

describe('the name that is asked for', () => {
  const named = async (of: Case, answers: Answers<DeployQuestion>): Promise<InputStep> => {
    const shown = await step('name', of, answers);
    assert.ok(shown?.kind === 'input');
    return shown;
  };

  it('is what the target suggests and checks, that of the namespace in a cluster', async () => {
    assert.equal((await named({}, { target: 'advanced:this-computer' })).value, 'net');
    assert.equal((await named({}, { target: 'advanced:this-computer' })).validate?.('Net'), 'here: small letters only');
    assert.equal((await named({}, toMl)).validate?.('Net'), 'ml: small letters only');
  });

  it('is the remembered one where the target allows it', async () => {
    assert.equal((await named({ remembered: { name: 'cats' } }, toMl)).value, 'cats');
    assert.equal((await named({ remembered: { name: 'cats-2' } }, toMl)).value, 'cats');
  });
});

describe('deployAnswers', () => {
  const remembered: DeploySpec = {
    context: 'gone',
    name: 'old',
    runtime: 'r',
    protocol: 'v2',
    resources: { cpu: '2' },
    minReplicas: 2,
    maxReplicas: 5,
  };
  const answer = (answers: Answers<DeployQuestion>, given: DeployGiven = {}, kept: DeploySpec = remembered) =>
    deployAnswers(answers, contextOf({ given, remembered: kept }));

  it('takes nothing that was remembered of a cluster to This computer', () => {
    assert.deepEqual(answer({}), { kind: 'target', target: 'this-computer', name: 'net', protocol: 'v1' });
    assert.deepEqual(answer({ target: 'this-computer', name: 'here', protocol: 'v2' }), {
      kind: 'target',
      target: 'this-computer',
      name: 'here',
      protocol: 'v2',
    });
  });

  it('lets what is given count before answers, and answers before what is remembered', () => {
    assert.deepEqual(answer({ ...toMl, claim: 'models', name: 'typed' }, { name: 'given' }), {
      kind: 'cluster',
      context: 'minikube',
      namespace: 'ml',
      claim: 'models',
      name: 'given',
      runtime: 'r',
      protocol: 'v2',
      resources: { cpu: '2' },
      minReplicas: 2,
      maxReplicas: 5,
    });
    const cleared = answer(
      {
        ...toMl,
        namespace: '+other',
        otherNamespace: 'team',
        claim: 'c',
        runtime: '',
        protocol: 'v1',
        resources: '',
        replicas: '1',
      },
      {},
    );
    assert.deepEqual(cleared, {
      kind: 'cluster',
      context: 'minikube',
      namespace: 'team',
      claim: 'c',
      name: 'old',
      protocol: 'v1',
      minReplicas: 1,
      maxReplicas: 1,
    });
  });

  it('does not mix the replicas of two sources', () => {
    const { minReplicas, maxReplicas } = answer({ ...toMl, claim: 'c' }, { minReplicas: 7 }) as DeploySpec;
    assert.deepEqual([minReplicas, maxReplicas], [7, undefined]);
  });
});

describe('deployTitle', () => {
  it('names the target as far as it is known', () => {
    assert.equal(deployTitle('net 1.0', {}, contextOf({})), 'Deploy net 1.0');
    assert.equal(
      deployTitle('net 1.0', {}, contextOf({ given: { target: 'this-computer' } })),
      'Deploy net 1.0 to This computer',
    );
    assert.equal(deployTitle('net 1.0', { target: 'context:minikube' }, contextOf({})), 'Deploy net 1.0 to minikube');
    assert.equal(deployTitle('net 1.0', toMl, contextOf({})), 'Deploy net 1.0 to minikube / ml');
  });
});
