// One thing in one line, as it is read aloud: words instead of columns, and no sign that only an eye can read.

import type { StreamItem } from '../../src/http/api.ts';
import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Verdict } from '../../src/state/approvals/verdict.ts';
import type { LinkModel } from '../../src/state/link.ts';
import type { Printable } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import { age, countdown, localTime } from '../../src/text/time.ts';
import type { Agent } from '../../src/wire/agent.ts';
import { outcomeOf, type StreamEvent, type VerificationEvent } from '../../src/wire/event.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';

export function agentSentence(agent: Agent): Printable {
  const trust = agent.trustScore === null ? '' : `, trust ${Math.round(agent.trustScore * 100)} percent`;
  return say`${agent.name}, ${agent.status}${trust}${agent.agentType ? `, ${agent.agentType}` : ''}`;
}

/** What is wanted comes from the signed bytes, as everywhere. */
export function requestSentence(request: ApprovalRequest, verdict: Verdict, now: number): Printable {
  const { capability, resource } = actionOf(request, verdict);
  const on = resource === null ? '' : say` on ${resource}`;
  const asked = request.requestedAt === null ? '' : `, asked ${ago(age(request.requestedAt, now))}`;
  const ends = request.expiresAt === null ? '' : `, ends in ${countdown(request.expiresAt, now)}`;
  const state = request.status === 'pending' ? '' : `, ${request.status}`;
  const proof = verdict.kind === 'signed' ? 'signed' : say`NOT PROVEN: ${verdict.title}`;
  return say`${request.agentName ?? request.agentId} wants ${capability}${on}, risk ${request.riskLevel}${asked}${ends}, ${proof}${state}`;
}

export function eventSentence(event: VerificationEvent): Printable {
  const on = event.resource === null ? '' : say` on ${event.resource}`;
  const because = event.errorReason === null ? '' : say`, because: ${event.errorReason}`;
  const when = event.startedAt === null ? '' : `${localTime(event.startedAt)} `;
  return say`${when}${outcomeOf(event)}: ${event.agentName ?? event.agentId}, ${event.action ?? 'an action'}${on}${because}`;
}

/** What the stream brought, or null for what says nothing to a person. */
export function itemSentence(item: StreamItem): Printable | null {
  if (item.kind === 'link') return null;
  if (item.kind === 'gap') {
    const many = item.missed === null ? 'Some events' : `${item.missed} events`;
    return say`GAP: ${many} were not received${item.filled ? ', and were fetched afterwards' : ''}.`;
  }
  return streamSentence(item.event);
}

function streamSentence(event: StreamEvent): Printable | null {
  if (event.type === 'verification') return eventSentence(event.subject);
  if (event.type === 'agent') return say`${localTime(event.at)} agent ${event.subject.name} is now ${event.subject.status}`;
  if (event.type === 'alert') return say`${localTime(event.at)} alert, ${event.subject.severity}: ${event.subject.title}`;
  return null;
}

const ago = (time: string): string => (time === 'now' ? 'just now' : `${time} ago`);

export function linkSentence({ link, lastEventAt, downSince, embedded }: LinkModel, now: number): Printable {
  const last = lastEventAt === null ? 'no event yet' : `last event ${ago(age(lastEventAt, now))}`;
  if (embedded === 'restarting') return say`The control plane died and is being started again.`;
  if (link.state === 'live') return say`Live, ${last}.`;
  if (link.state === 'polling')
    return say`This server has no stream: it is asked every ${Math.round(link.everyMs / 1000)} seconds. ${last}.`;
  if (link.state === 'reconnecting')
    return say`The link is down since ${age(downSince ?? now, now)}, ${last}; trying again in ${countdown(link.retryAt, now)}. ${link.because}`;
  if (link.state === 'offline') return say`Offline: ${link.because}`;
  return say`Connecting.`;
}
