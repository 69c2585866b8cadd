// Why a verb can be used, or cannot: the role it needs, what the server has, and where it is about a request, what stands between it and this reviewer.

import { UsageError } from '../../src/errors.ts';
import { questionsFor } from '../../src/state/approvals/questions.ts';
import { stepWords } from '../../src/state/approvals/steps.ts';
import { whyNotApproveAction, whyNotDecide } from '../../src/state/approvals/why-not.ts';
import { admits } from '../../src/wire/session.ts';
import type { Action, ActionContext } from '../action.ts';
import { requestArgument } from '../approvals/request-argument.ts';
import { loadVerbs } from '../verb-files.ts';
import { verbGroups } from '../verbs.ts';
import type { Why } from './actions.ts';

export type Control = { action: Action; target: string | undefined };

/** The verb that the words name, as `approvals.approve ID` or `approvals approve ID`; null where they name none. */
export async function controlIn([first = '', ...rest]: readonly string[]): Promise<Control | null> {
  const [group = '', ...path] = first.split('.');
  if (!Object.hasOwn(verbGroups, group)) return null;
  const actions = await loadVerbs(group);
  for (const [length, words] of [
    [0, path],
    [1, [...path, rest[0]]],
    [2, [...path, rest[0], rest[1]]],
  ] as const) {
    const action = actions.find(({ id }) => id === [group, ...words].join('.'));
    if (action !== undefined) return { action, target: rest[length] };
  }
  throw new UsageError('why.verb', {
    message: `There is no verb ${JSON.stringify([first, ...rest].join(' '))}.`,
    next: `See them with: aim ${group} --help`,
  });
}

export async function explainControl({ action, target }: Control, context: ActionContext): Promise<Why> {
  const { api, signal } = context;
  const links: Why['links'] = [];
  const add = (about: string, finding: string, decides = false) => void links.push({ about, finding, decides });
  const { needs = 'viewer', feature, risk = 'read' } = action;
  if (needs === 'none') add('role', 'needs no sign-in');
  else {
    const { role } = await api.me({ signal });
    const may = admits(role, needs);
    add('role', `needs the role ${needs}; you are ${role}`, !may);
  }
  if (feature !== undefined) {
    const has = await api.has(feature);
    add('server', has ? `has ${feature}` : `does not have ${feature}`, !has);
  }
  const request = target === undefined ? null : await requestOf(action, target, context);
  for (const link of request?.links ?? []) links.push(link);
  if (risk === 'dangerous' || risk === 'named') add('asks first', risk === 'named' ? 'wants the name typed' : 'wants a yes');
  const stops = links.some(({ decides }) => decides);
  return {
    id: action.id,
    control: action.id.replaceAll('.', ' '),
    outcome: stops ? 'disabled' : 'available',
    agent: request?.agent ?? { id: null, name: null, status: null },
    capability: request?.capability ?? null,
    resource: request?.resource ?? null,
    links,
    next:
      target !== undefined && request !== null
        ? `aim approvals show ${target}`
        : `aim ${action.id.replaceAll('.', ' ')} --help`,
  };
}

const DECIDES: ReadonlySet<string> = new Set(['approvals.approve', 'approvals.deny']);

/** The rules of the panel and of the command line, said one by one. Null for a verb that is about something else. */
async function requestOf({ id, args }: Action, target: string, context: ActionContext) {
  if (!Object.values(args).some(({ subject }) => subject === 'approval')) return null;
  const { shown } = await requestArgument.parse(target, context);
  const { request, verdict } = shown;
  const links: Why['links'] = [];
  const add = (about: string, finding: string, decides = false) => void links.push({ about, finding, decides });
  add('request', request.status === 'pending' ? 'waits for a person' : `is ${request.status}`);
  if (DECIDES.has(id)) {
    const closed = whyNotDecide(request, false);
    if (closed !== null) add(closed.code === 'may-not-review' ? 'you' : 'state', closed.words, true);
    if (id === 'approvals.approve') {
      const refusal = whyNotApproveAction(shown, false);
      add('signature', `${verdict.title}. ${verdict.because}`, refusal?.code === 'never' || refusal?.code === 'not-proven');
      if (refusal !== null) add('rule', refusal.words, true);
      for (const step of request.steps) add('step', stepWords(step, request), step === 'interactive');
      for (const question of questionsFor(shown)) add('asked', `wants ${question.replaceAll('-', ' ')} from you`);
    }
  }
  const { agentId, agentName, capability, resource } = request;
  return { links, agent: { id: agentId, name: agentName, status: shown.around.agent?.status ?? null }, capability, resource };
}
