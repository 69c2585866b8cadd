// The request that a decision is about, looked at as the reviewer's screen looks at it: facts from the signed bytes, claims below.

import { join } from 'node:path';
import { type KnownAgents, openKnownAgents } from '../../src/credentials/known-agents.ts';
import { type Dossier, dossierOf } from '../../src/state/approvals/facts.ts';
import type { Shown } from '../../src/state/approvals/model.ts';
import { verdictOf } from '../../src/state/approvals/verdict.ts';
import { verificationId } from '../../src/wire/scalars.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import type { ActionContext, Argument } from '../action.ts';

/** A request, and what can be said about it here. `--json` prints the request with its verdict. */
export type ExaminedRequest = {
  id: ApprovalRequest['id'];
  shown: Shown;
  /** When it was looked at, in milliseconds. */
  openedAt: number;
  dossier: Dossier;
  toJSON(): object;
};

/** What waits, whole, and what was decided of late: one that is not waiting any more must not be taken for one that is. */
export const requestLists = ['approvals.ls', 'events.ls'] as const;

export const requestArgument: Argument<ExaminedRequest> & { subject: 'approval' } = {
  summary: 'The request, by its id',
  subject: 'approval',
  listedBy: requestLists,
  parse: async (text, context) =>
    examine(await context.api.approvals.get(verificationId.parse(text.trim()), { signal: context.signal }), context),
  complete: async (partial, { api, signal }) => {
    const { items } = await api.approvals.list({ limit: 100, signal });
    return items
      .filter(({ id }) => id.startsWith(partial))
      .map(({ id, agentName, capability }) => ({ value: id, summary: `${agentName ?? ''} ${capability ?? ''}` }));
  },
};

async function examine(request: ApprovalRequest, context: ActionContext): Promise<ExaminedRequest> {
  const { api, signal } = context;
  const known = await knownAgents(context);
  // The agent's own record adds facts; a reviewer without the right to read it still decides.
  const [agent, me] = await Promise.all([
    api.agents.get(request.agentId, { signal }).catch(() => null),
    api.me({ signal }).catch(() => null),
  ]);
  const verdict = verdictOf(request, known.find(api.server, request.agentId));
  const otherNames = known
    .all()
    .map(({ name }) => name)
    .filter((name) => name !== request.agentName);
  const around = { agent, otherNames, me: me?.id ?? null };
  const { kind, because, signed, fingerprint } = verdict;
  return {
    id: request.id,
    shown: { request, verdict, around },
    openedAt: Date.now(),
    dossier: dossierOf(request, verdict, { ...around, now: Date.now() }),
    toJSON: () => ({ ...request, verdict: { kind, because, actionHash: signed?.hash ?? null, fingerprint } }),
  };
}

/** Keeps the agent's key, once its first request has been approved with it. */
export async function rememberKey({ shown: { request, verdict } }: ExaminedRequest, context: ActionContext): Promise<void> {
  const { isFirstUse, fingerprint } = verdict;
  if (!isFirstUse || fingerprint === null) return;
  const { agentId, agentName } = request;
  const firstSeenAt = new Date().toISOString();
  await (await knownAgents(context)).pin({
    server: context.api.server,
    agentId,
    name: agentName ?? '',
    fingerprint,
    firstSeenAt,
  });
}

const knownAgents = ({ settings }: ActionContext): Promise<KnownAgents> =>
  openKnownAgents(join(settings.paths.aim, 'known_agents'));
