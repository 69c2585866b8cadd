// The control plane's events and its audit log, as lines beside those of files.

import type { Api } from '../http/api.ts';
import { asUntrusted, type Untrusted } from '../text/brand.ts';
import { type AuditEntry, outcomeOf, type StreamEvent, type StreamType, type VerificationEvent } from '../wire/event.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { EventSeverity, LogEntry, LogItem } from './entry.ts';
import { type Batches, type LogSource, sourceNotice } from './log-source.ts';

export const planeSources = ['events', 'audit'] as const;
export type PlaneSource = (typeof planeSources)[number];

export function planeSource(name: PlaneSource, api: Pick<Api, 'events' | 'audit'>): LogSource {
  return {
    name,
    async *backlog(count, signal) {
      try {
        const wanted = { limit: Math.max(1, Math.min(count, MOST)), signal };
        if (count === 0) return;
        const entries =
          name === 'audit'
            ? (await api.audit.list(wanted)).items.map((subject) => auditEntryLine(subject, subject.timestamp))
            : (await api.events.list(wanted)).items.map((subject) => verificationLine(subject));
        yield entries.reverse().map((entry): LogItem => ({ kind: 'entry', entry }));
      } catch (error) {
        yield [sourceNotice(name, `The control plane does not give its ${name}: ${reason(error)}`)];
      }
    },
    live: (signal) => live(name, api, signal),
  };
}

async function* live(name: PlaneSource, api: Pick<Api, 'events'>, signal: AbortSignal): Batches {
  try {
    for await (const item of api.events.stream({ types: TYPES[name], signal })) {
      if (item.kind === 'event') yield [{ kind: 'entry', entry: eventLine(item.event) }];
      else if (item.kind === 'gap' && !item.filled) {
        const text = `${item.missed ?? 'Some'} ${name === 'audit' ? 'entries' : 'events'} were not received.`;
        yield [{ kind: 'notice', notice: 'gap', text, file: name, count: item.missed }];
      }
    }
  } catch (error) {
    if (!signal.aborted) yield [sourceNotice(name, `The stream of ${name} ended: ${reason(error)}`)];
  }
}

function eventLine({ type, at, change, subject }: StreamEvent): LogEntry {
  if (type === 'verification') return verificationLine(subject);
  if (type === 'audit') return auditEntryLine(subject, at);
  const members = subject as Record<string, unknown>;
  const name = text(members['title'] ?? members['name'] ?? members['agentName'] ?? members['id']);
  return lineOf(subject, {
    time: at,
    category: asUntrusted(type === 'alert' ? 'SECURITY' : type === 'mcp' ? 'MCP' : type === 'agent' ? 'AGENT' : 'AUTHZ'),
    type: text(members['alertType']) ?? asUntrusted(`${type}.${change}`),
    severity: type === 'alert' ? (alertSeverities[String(members['severity'])] ?? 'WARNING') : 'INFO',
    message: asUntrusted(`${type} ${change}${name === null ? '' : `: ${name}`}`),
    agentId: type === 'agent' ? text(members['id']) : text(members['agentId']),
    agentName: type === 'agent' ? text(members['name']) : text(members['agentName']),
    // An approval has the id of the verification that waits for it.
    correlationId: type === 'approval' ? text(members['id']) : null,
  });
}

function verificationLine(event: VerificationEvent): LogEntry {
  const outcome = outcomeOf(event);
  const { action, resource, agentName } = event;
  return lineOf(event, {
    time: event.completedAt ?? event.startedAt ?? event.createdAt,
    category: asUntrusted('AUTHZ'),
    type: asUntrusted(typesByOutcome[outcome]),
    severity: outcome === 'allowed' || outcome === 'waiting' ? 'INFO' : 'WARNING',
    message: asUntrusted(
      `${agentName ?? 'An agent'}: ${action ?? 'an action'}${resource ? ` on ${resource}` : ''}, ${outcome}`,
    ),
    agentId: text(event.agentId),
    agentName,
    action,
    resource,
    result: asUntrusted(outcome === 'allowed' ? 'GRANTED' : outcome.toUpperCase()),
    error: event.errorReason,
    correlationId: asUntrusted(event.id),
  });
}

function auditEntryLine(entry: AuditEntry, time: Timestamp | null): LogEntry {
  const { action, userName, agentName, agentId, resourceType, resourceId } = entry;
  const who = userName ?? agentName ?? 'somebody';
  return lineOf(entry, {
    time,
    category: asUntrusted('AUDIT'),
    type: action,
    severity: 'INFO',
    message: asUntrusted(`${who}: ${action} ${resourceType ?? ''} ${resourceId ?? ''}`.trimEnd()),
    agentId,
    agentName,
    action: asUntrusted(`${action} ${resourceType ?? ''}`.trimEnd()),
    resource: resourceId,
    correlationId: resourceType === 'verification' ? resourceId : null,
    details: { ...entry.metadata, user: userName, sequence: entry.sequence },
  });
}

function lineOf(subject: unknown, members: Partial<LogEntry>): LogEntry {
  return {
    ...{ time: null, category: null, type: null, severity: null, message: asUntrusted(''), agentId: null, agentName: null },
    ...{ action: null, resource: null, result: null, error: null, correlationId: null, sessionId: null, details: {} },
    ...{ extra: subject as Record<string, unknown>, raw: asUntrusted(JSON.stringify(subject)), format: 'control-plane' },
    source: { file: members.category === 'AUDIT' ? 'audit' : 'events', line: 0, offset: 0 },
    ...members,
  };
}

const text = (value: unknown): Untrusted | null => (typeof value === 'string' && value !== '' ? asUntrusted(value) : null);
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const TYPES: Record<PlaneSource, readonly StreamType[]> = {
  audit: ['audit'],
  events: ['verification', 'approval', 'alert', 'agent', 'grant', 'mcp'],
};
const typesByOutcome = {
  allowed: 'CAPABILITY_GRANTED',
  denied: 'CAPABILITY_DENIED',
  waiting: 'JIT_REQUEST',
  expired: 'JIT_TIMEOUT',
  failed: 'CAPABILITY_CHECK',
} as const;
const alertSeverities: Record<string, EventSeverity> = {
  info: 'INFO',
  warning: 'WARNING',
  high: 'ERROR',
  critical: 'CRITICAL',
};
const MOST = 1000; // of the backlog
