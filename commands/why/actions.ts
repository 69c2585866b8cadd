// `aim why`: the chain behind a decision: what was asked, which rule answered, what the agent holds, and who is still missing.

import { asUntrusted, ours } from '../../src/text/brand.ts';
import { outcomeOf } from '../../src/wire/event.ts';
import { verificationId } from '../../src/wire/scalars.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { type Action, type ActionContext, defineAction } from '../action.ts';
import { shellWord } from '../confirm.ts';
import type { Cell, View } from '../output/view.ts';
import { callForRow, rowPages } from '../rows.ts';

export type Why = {
  id: string;
  /** The verb, where it is asked why that can be used or not. */
  control: string | null;
  outcome: string;
  agent: { id: string | null; name: string | null; status: string | null };
  capability: string | null;
  resource: string | null;
  /** In the order in which the server asks. */
  links: { about: string; finding: string; decides: boolean }[];
  /** The command that would change it. */
  next: string | null;
};

const why = defineAction({
  id: 'why',
  summary: 'Say why an action was allowed, denied, or still waits; or why a verb cannot be used',
  examples: [
    { command: 'why 6f1c…', summary: 'By the id of the event or request' },
    { command: 'why approvals.approve 6f1c…', summary: 'What stands between you and that approval' },
    { command: 'why agents.suspend', summary: 'Whether you could' },
  ],
  args: {
    id: {
      summary: 'The event or request, by its id; or a verb',
      subject: 'event',
      listedBy: ['events.ls', 'approvals.ls'],
      parse: (text: string) => verificationId.parse(text.trim()),
    },
    of: { summary: 'What the verb would act on', optional: true, variadic: true, parse: (text: string) => text },
  },
  options: {},
  async run(context, { id, of = [] }) {
    // An id holds no word of ours.
    const control = /^[a-z][a-z0-9]*(\.[a-z-]+)*$/.test(id)
      ? await (await import('./control.ts')).controlIn([id, ...of])
      : null;
    if (control !== null) return (await import('./control.ts')).explainControl(control, context);
    return explain(context, id);
  },
  view: whyView(),
});

async function explain(context: ActionContext, id: ReturnType<typeof verificationId.parse>): Promise<Why> {
  const { api, signal } = context;
  const event = await api.events.get(id, { signal });
  const request = await api.approvals.get(id, { signal }).catch(() => null);
  const agent = event.agentId === null ? null : await api.agents.get(event.agentId, { signal }).catch(() => null);
  const capability = event.action ?? request?.capability ?? null;
  const held = agent === null ? null : await heldCapabilities(context, agent.id).catch(() => null);
  const mode = await callForRow(context, { path: '/api/v1/admin/enforcement-settings', subject: 'enforcement' }).catch(
    () => null,
  );
  const outcome = outcomeOf(event);
  const links: Why['links'] = [];
  const add = (about: string, finding: string | null, decides = false) => {
    if (finding !== null) links.push({ about, finding, decides });
  };
  add(
    'agent',
    agent === null ? 'not known here any more' : statusWords(agent.status),
    agent !== null && agent.status !== 'verified' && outcome === 'denied',
  );
  add(
    'capability',
    held === null || capability === null
      ? null
      : holds(held, capability)
        ? `it holds ${capability}`
        : `it does not hold ${capability}`,
    held !== null && capability !== null && !holds(held, capability) && outcome !== 'allowed',
  );
  add(
    'enforcement',
    mode === null ? null : `the organisation is ${String(mode['enforcementMode'] ?? mode['mode'] ?? 'unknown')}`,
  );
  add('rule', typeof event.metadata['rule'] === 'string' ? event.metadata['rule'] : null, outcome !== 'waiting');
  add('server', event.errorReason ?? event.details, outcome === 'denied');
  for (const [about, finding] of reviewLinks(request)) add(about, finding, true);
  const isHeld = held !== null && capability !== null && holds(held, capability);
  return {
    id: event.id,
    control: null,
    outcome,
    agent: { id: event.agentId, name: event.agentName ?? agent?.name ?? null, status: agent?.status ?? null },
    capability,
    resource: event.resource,
    links,
    next: nextStep({ outcome, id: event.id, name: agent?.name ?? null, status: agent?.status ?? null, capability, isHeld }),
  };
}

type Standing = {
  outcome: string;
  id: string;
  name: string | null;
  status: string | null;
  capability: string | null;
  isHeld: boolean;
};

function nextStep({ outcome, id, name, status, capability, isHeld }: Standing): string | null {
  if (outcome === 'waiting') return `aim approvals show ${id}`;
  if (outcome !== 'denied' || name === null) return null;
  if (status === 'pending') return `aim agents verify ${shellWord(name)}`;
  if (status === 'suspended') return `aim agents reactivate ${shellWord(name)}`;
  return isHeld || capability === null ? null : `aim agents capabilities grant ${shellWord(name)} ${shellWord(capability)}`;
}

const statusWords = (status: string) =>
  status === 'verified' ? 'verified: it may act within what it holds' : `${status}: only verified agents may act`;

async function heldCapabilities(context: ActionContext, agentId: string): Promise<string[]> {
  const page = await rowPages(context, { path: `/api/v1/agents/${agentId}/capabilities`, subject: 'agents' })({ limit: 100 });
  return page.items.map((row) => String(row['capabilityType'] ?? ''));
}

const holds = (held: readonly string[], capability: string) =>
  held.some((name) => name === capability || name === '*' || (name.endsWith(':*') && capability.startsWith(name.slice(0, -1))));

function reviewLinks(request: ApprovalRequest | null): [string, string][] {
  if (request === null) return [];
  const links: [string, string][] = [];
  const { quorum, status, mayReview } = request;
  const person = request.approvedBy ?? request.deniedBy;
  if (status === 'approved' && person !== null) links.push(['reviewer', `approved by ${person}`]);
  if (status === 'denied' && person !== null)
    links.push(['reviewer', `denied by ${person}${request.denialReason === null ? '' : `: ${request.denialReason}`}`]);
  if (status === 'expired') links.push(['reviewer', 'nobody decided in time, which denies it']);
  if (status === 'pending' && quorum !== null) {
    const given = quorum.reviews.filter(({ decision }) => decision === 'approve').length;
    const groups = quorum.groups.length === 0 ? '' : `, of the groups ${quorum.groups.join(' and ')}`;
    links.push([
      'missing',
      `${quorum.approvalsNeeded - given} of ${quorum.approvalsNeeded} approvals${groups}${quorum.policy === null ? '' : ` (policy ${quorum.policy})`}`,
    ]);
  }
  if (status === 'pending' && mayReview === false) links.push(['you', request.mayNotReviewBecause ?? 'may not review it']);
  return links;
}

function whyView(): View<Why> {
  return {
    kind: 'text',
    lines: ({ control, outcome, agent, capability, resource, links, next }) => [
      [
        ours(`${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}: `),
        ...(control === null ? [] : [ours(`aim ${control}`)]),
        ...(control === null || capability === null ? [] : [ours(' of what ')]),
        ...(control !== null && capability === null
          ? []
          : ([
              asUntrusted(agent.name ?? agent.id ?? 'an unknown agent'),
              ours(' asked for '),
              asUntrusted(capability ?? 'something'),
              ...(resource === null ? [] : [ours(' on '), asUntrusted(resource)]),
            ] satisfies Cell[])),
      ],
      ...links.map(({ about, finding, decides }): Cell[] => [
        ours(`  ${decides ? '>' : ' '} ${about.padEnd(13)}`),
        asUntrusted(finding),
      ]),
      ...(next === null ? [] : [[ours(control === null ? 'To change that: ' : 'Look: '), asUntrusted(next)]]),
    ],
  };
}

export const whyActions: readonly Action[] = [why];
