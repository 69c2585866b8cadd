// Everything a reviewer must know before a decision, in the order in which it matters. Screen and command line show the same list.

import type { Printable } from '../../text/brand.ts';
import { badgeOf, lookalikeOf } from '../../text/confusables.ts';
import { counted, say } from '../../text/say.ts';
import { age, countdown, duration, localDateTime, localTime } from '../../text/time.ts';
import { visible } from '../../text/visible.ts';
import type { Agent } from '../../wire/agent.ts';
import type { UserId } from '../../wire/scalars.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import { actionFacts, actionOf } from './action-facts.ts';
import type { Claim, Fact, FactTone } from './fact.ts';
import { givenWords, suggested } from './narrowing.ts';
import { statusWords } from './outcome.ts';
import { reviewFacts } from './review-facts.ts';
import { rightsAdded, rightsToday } from './rights.ts';
import { stepWords } from './steps.ts';
import type { Verdict } from './verdict.ts';

export type Surroundings = {
  /** The agent's own record, or null where it could not be read. */
  agent: Agent | null;
  /** Names it could be mistaken for. */
  otherNames: readonly string[];
  /** Who looks at it. Null where that is not known. */
  me?: UserId | null;
  /** Milliseconds since 1970, on the server's clock as far as it is known. */
  now: number;
};

/** `remarks` are what reviewers say to each other: people, but not facts either. */
export type Dossier = { verdict: Verdict; facts: readonly Fact[]; claims: readonly Claim[]; remarks: readonly Claim[] };

/** The whole of it. Facts never hold the agent's prose; claims never stand above facts. */
export function dossierOf(request: ApprovalRequest, verdict: Verdict, around: Surroundings): Dossier {
  const action = actionOf(request, verdict);
  return {
    verdict,
    facts: [
      ...actionFacts(request, verdict),
      riskFact(request),
      fact('rights', 'may today', rightsToday(around.agent), 'normal'),
      request.status === 'pending' ? addedFact(around.agent, action.capability) : null,
      fact('asked', 'asks for', askedFor(request), 'normal'),
      request.status === 'pending' ? fact('given', 'would give', givenWords(suggested(request)), 'normal') : null,
      ...agentFacts(request, verdict, around),
      ticketFact(request),
      ...timeFacts(request, verdict, around.now),
      ...grantFacts(request, around.now),
      ...reviewFacts(request),
      ...request.steps.map((step) => fact(`step:${step}`, 'steps', stepWords(step, request), 'warning' as const)),
      historyFact(request),
    ].filter((item) => item !== null),
    claims: action.claims,
    remarks: request.comments.map(remarkOf),
  };
}

function remarkOf({ by, byEmail, text, at }: ApprovalRequest['comments'][number], index: number): Claim {
  const when = at === null ? '' : ` at ${localTime(at)}`;
  return {
    id: `remark:${index}`,
    label: `${visible(byEmail ?? by)}${when}` as Printable,
    text: visible(text, { lines: 'many' }),
  };
}

function fact(id: string, label: string, value: Printable, tone: FactTone): Fact {
  return { id, label: label as Printable, value, tone, origin: 'server' };
}

const riskTones = { low: 'normal', medium: 'normal', high: 'warning', critical: 'bad' } as const;

function riskFact(request: ApprovalRequest): Fact {
  const because = request.riskReason === null ? '' : `: ${visible(request.riskReason)}`;
  return fact('risk', 'risk', `${request.riskLevel}${because}` as Printable, riskTones[request.riskLevel]);
}

function addedFact(agent: Agent | null, capability: string): Fact {
  const { value, isNew } = rightsAdded(agent, capability);
  return fact('added', 'this adds', value, isNew ? 'warning' : 'normal');
}

/** What an approval left behind, and how much of it is left. */
function grantFacts({ grant }: ApprovalRequest, now: number): Fact[] {
  if (grant === null) return [];
  const until =
    grant.expiresAt === null ? 'without an end' : `until ${localTime(grant.expiresAt)} (${countdown(grant.expiresAt, now)})`;
  const left =
    grant.usesAllowed === null ? '' : `, ${grant.usesLeft ?? grant.usesAllowed} of ${counted(grant.usesAllowed, 'use')} left`;
  const revoked = grant.revokedAt === null ? '' : `; revoked at ${localTime(grant.revokedAt)}`;
  return [{ ...fact('grant', 'grant', `${until}${left}${revoked}` as Printable, 'good'), isLive: true }];
}

/** What is asked, and what policy allows where that is less. The default is the smaller. */
function askedFor(request: ApprovalRequest): Printable {
  const { asked, allowed } = request;
  const wants = [span(asked?.durationSeconds), uses(asked?.uses)].filter((word) => word !== null);
  const limits = [span(allowed?.durationSeconds), uses(allowed?.uses)].filter((word) => word !== null);
  const what = wants.length === 0 ? 'this one action' : wants.join(', ');
  return (limits.length === 0 ? what : `${what} (policy allows at most ${limits.join(', ')})`) as Printable;
}

const span = (seconds: number | null | undefined): string | null =>
  seconds === null || seconds === undefined ? null : `${duration(seconds)} from the approval`;
const uses = (count: number | null | undefined): string | null =>
  count === null || count === undefined ? null : counted(count, 'use');

function agentFacts(
  request: ApprovalRequest,
  { knownAs = null }: Verdict,
  { agent, otherNames, me = null }: Surroundings,
): (Fact | null)[] {
  const name = request.agentName ?? request.agentId;
  const lookalike = lookalikeOf(name, otherNames);
  const status = agent === null ? '' : `, ${agent.status}`;
  const trust = request.trustScore === null ? '' : `, trust ${Math.round(request.trustScore * 100)} %`;
  const owner = request.ownerEmail === null ? null : fact('owner', 'owner', visible(request.ownerEmail), 'normal');
  return [
    fact('agent', 'agent', `${visible(name)} (${visible(request.agentId)})${status}${trust}` as Printable, 'normal'),
    lookalike === undefined ? null : fact('lookalike', 'note', say`The agent's name: ${badgeOf(lookalike)}`, 'bad'),
    otherNames.includes(name) ? fact('same-name', 'note', say`Another agent has the same name.`, 'bad') : null,
    knownAs === null || knownAs === name
      ? null
      : fact('renamed', 'note', say`The agent that you know by this key was called ${knownAs}.`, 'bad'),
    agent?.status === 'pending' ? fact('pending', 'note', say`Nobody has let this agent in yet.`, 'warning') : null,
    agent?.isCompromised ? fact('compromised', 'note', say`This agent is marked as compromised.`, 'bad') : null,
    owner,
    me !== null && request.ownerId === me
      ? fact('own', 'note', say`It is your own request: you answer for the agent that asks.`, 'warning')
      : null,
  ];
}

/** What the ticket system says, not the agent: that it names one proves nothing. */
function ticketFact({ ticket }: ApprovalRequest): Fact | null {
  if (ticket === null) return null;
  const { id, state, problem } = ticket;
  const words = state === null ? say`${id}: not known (${problem ?? 'no answer'})` : say`${id} is ${state}`;
  return fact('ticket', 'ticket', words, state === null || OVER.test(state) ? 'warning' : 'normal');
}

/** Work that is over gives no reason for more of it. */
const OVER = /^(closed|done|resolved|cancell?ed|rejected|merged|wont ?fix)\b/i;

function timeFacts(request: ApprovalRequest, { signed }: Verdict, now: number): (Fact | null)[] {
  const { requestedAt, expiresAt } = request;
  const late = signed?.timestamp && requestedAt ? Date.parse(requestedAt) - Date.parse(signed.timestamp) : 0;
  return [
    requestedAt === null
      ? null
      : {
          ...fact('requested', 'asked', say`${localDateTime(requestedAt)}, ${ago(requestedAt, now)}`, 'normal'),
          isLive: true,
        },
    silentFact(request, now),
    request.status !== 'pending' ? fact('state', 'state', statusWords(request), 'strong') : null,
    expiresAt === null || request.status !== 'pending'
      ? null
      : {
          ...fact(
            'expires',
            'waits',
            say`until ${localTime(expiresAt)}, then it is denied: ${countdown(expiresAt, now)}`,
            urgency(expiresAt, now),
          ),
          isLive: true,
        },
    late > LATE
      ? fact(
          'late',
          'note',
          say`It was signed ${duration(late / 1000)} before it was asked: it may be an old request, sent again.`,
          'warning',
        )
      : null,
  ];
}

const ago = (at: string, now: number): string => (age(at, now) === 'now' ? 'just now' : `${age(at, now)} ago`);

/** An agent that waits asks at least every ten seconds. */
function silentFact(request: ApprovalRequest, now: number): Fact | null {
  const { askerLastSeenAt, status } = request;
  if (askerLastSeenAt === null || status !== 'pending' || now - Date.parse(askerLastSeenAt) < SILENT) return null;
  const gone = now - Date.parse(askerLastSeenAt) >= GONE;
  const since = localTime(askerLastSeenAt);
  const value = gone
    ? say`The agent is no longer waiting: last heard of at ${since}. ${givesWords(request)}`
    : say`The agent was not heard of since ${since}: it may not be waiting any more.`;
  return { ...fact('silent', 'note', value, gone ? 'bad' : 'warning'), isLive: true };
}

/** What an approval would still do when nobody waits for it. */
function givesWords(request: ApprovalRequest): Printable {
  const { uses, durationSeconds } = suggested(request);
  return uses === undefined && durationSeconds === undefined
    ? say`Approving would run nothing now; should the agent come back and ask the same, it could act on it.`
    : say`Approving would run nothing now, and leave a permission behind that it can use later: ${givenWords(suggested(request))}.`;
}

const SILENT = 60_000;
/** Beyond this an agent that waits would have asked many times. */
const GONE = 5 * 60_000;
const LATE = 5 * 60_000; // clocks that are off by less are common
const urgency = (expiresAt: string, now: number): FactTone => (Date.parse(expiresAt) - now < 60_000 ? 'warning' : 'normal');

function historyFact({ history }: ApprovalRequest): Fact | null {
  if (history === null || history.asked === 0) return null;
  const { asked, approved, denied } = history;
  return fact(
    'history',
    'history',
    say`the same was asked ${counted(asked, 'time')} before: ${approved} approved, ${denied} denied`,
    'normal',
  );
}
