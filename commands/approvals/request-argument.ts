// The request that a decision is about, looked at as the reviewer's screen looks at it: facts from the signed bytes, claims below.

import { join } from 'node:path';
import { openKnownAgents } from '../../src/credentials/known-agents.ts';
import { type Dossier, dossierOf } from '../../src/state/approvals/facts.ts';
import { verdictOf } from '../../src/state/approvals/verdict.ts';
import { verificationId } from '../../src/wire/scalars.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import type { ActionContext, Argument } from '../action.ts';

/** A request, and what can be said about it here. `--json` prints the request with its verdict. */
export type ExaminedRequest = ApprovalRequest & {
  verdict: { kind: string; because: string; actionHash: string | null; fingerprint: string | null };
  toJSON(): object;
  dossier: Dossier;
};

export const requestArgument: Argument<ExaminedRequest> & { subject: 'approval' } = {
  summary: 'The request, by its id',
  subject: 'approval',
  parse: async (text, context) => examine(await context.api.approvals.get(verificationId.parse(text.trim()), context), context),
  complete: async (partial, { api, signal }) => {
    const { items } = await api.approvals.list({ limit: 100, signal });
    return items
      .filter(({ id }) => id.startsWith(partial))
      .map(({ id, agentName, capability }) => ({ value: id, summary: `${agentName ?? ''} ${capability ?? ''}` }));
  },
};

async function examine(request: ApprovalRequest, { api, settings, signal }: ActionContext): Promise<ExaminedRequest> {
  const known = await openKnownAgents(join(settings.paths.aim, 'known_agents'));
  // The agent's own record adds facts; a reviewer without the right to read it still decides.
  const agent = await api.agents.get(request.agentId, { signal }).catch(() => null);
  const verdict = verdictOf(request, known.find(api.server, request.agentId));
  const otherNames = known
    .all()
    .map(({ name }) => name)
    .filter((name) => name !== request.agentName);
  const dossier = dossierOf(request, verdict, { agent, otherNames, now: Date.now() });
  const { kind, because, signed, fingerprint } = verdict;
  const spoken = { kind, because, actionHash: signed?.hash ?? null, fingerprint };
  return { ...request, verdict: spoken, dossier, toJSON: () => ({ ...request, verdict: spoken }) };
}

/** Keeps the agent's key, once its first request has been approved with it. */
export async function rememberKey({ dossier, ...request }: ExaminedRequest, { api, settings }: ActionContext): Promise<void> {
  const { isFirstUse, fingerprint } = dossier.verdict;
  if (!isFirstUse || fingerprint === null) return;
  const known = await openKnownAgents(join(settings.paths.aim, 'known_agents'));
  const { agentId, agentName } = request;
  await known.pin({ server: api.server, agentId, name: agentName ?? '', fingerprint, firstSeenAt: new Date().toISOString() });
}
