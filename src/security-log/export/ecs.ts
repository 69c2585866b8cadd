// Elastic Common Schema 8. What ECS has no place for stands under `aim.*`; ECS's own `agent.*` means the shipper, not an AI agent.

import type { LogEntry } from '../entry.ts';
import { type EventFacts, factsOf, known } from './event-facts.ts';

export function toEcs(entry: LogEntry, { now = Date.now() }: { now?: number } = {}): string {
  const event = factsOf(entry, now);
  const isAlert = event.category === 'SECURITY' || event.type === 'MCP_CAPABILITY_DRIFT';
  const { category, type } = kinds(event);
  const document = known({
    '@timestamp': event.iso,
    ecs: { version: '8.17.0' },
    message: event.message,
    log: { level: event.severity.toLowerCase() },
    event: {
      id: event.id,
      kind: isAlert ? 'alert' : 'event',
      category,
      type,
      action: event.type,
      outcome: event.outcome ?? 'unknown',
      severity: severities[event.severity],
      module: 'aim',
      dataset: `aim.${event.category.toLowerCase()}`,
      sequence: event.seq,
      reason: event.error,
      hash: null,
    },
    host: { hostname: event.hostname },
    process: { pid: event.processId },
    service: { type: 'aim', name: event.agentName, id: event.agentId },
    user: { id: event.userId },
    organization: { id: event.organizationId },
    source: { ip: isAddress(event.sourceIp) ? event.sourceIp : null, address: event.sourceIp },
    url: { full: event.url },
    http: { request: { method: event.method }, response: { status_code: event.status } },
    error: { message: event.error, stack_trace: event.stackTrace },
    trace: { id: event.correlationId },
    aim: {
      category: event.category,
      agent: { id: event.agentId, name: event.agentName },
      action: event.action,
      resource: event.resource,
      result: event.result,
      session_id: event.sessionId,
      parent_event_id: event.parentId,
      sdk: event.sdk,
      prev_hash: event.prevHash,
    },
  });
  // Their keys are other people's: kept whole, under one name, so that none collides with a field of ECS.
  const details = Object.keys(event.details).length > 0 ? { details: event.details } : {};
  return JSON.stringify({ ...document, aim: { ...document.aim, ...details } });
}

/** The allowed words of `event.category` and `event.type`. */
function kinds({ category, type }: EventFacts): { category: string[]; type: string[] } {
  const change = /DELETED|REVOKED/.test(type)
    ? 'deletion'
    : /CREATED|REGISTERED/.test(type)
      ? 'creation'
      : /_?UPDATED|ROTATED|SUSPENDED|REACTIVATED|CHANGED|MIGRATED|SAVED/.test(type)
        ? 'change'
        : 'info';
  switch (category) {
    case 'AUTHN':
      return { category: ['authentication'], type: [change === 'info' ? 'info' : change] };
    case 'AUTHZ':
      return {
        category: ['iam'],
        type: [/DENIED|TIMEOUT/.test(type) ? 'denied' : /GRANTED|APPROVED|EXECUTED/.test(type) ? 'allowed' : 'info'],
      };
    case 'AGENT':
    case 'CRED':
      return { category: ['iam'], type: [change] };
    case 'CONFIG':
      return { category: ['configuration'], type: [change] };
    case 'SECURITY':
      return { category: ['intrusion_detection'], type: ['info'] };
    case 'MCP':
      return {
        category: ['api'],
        type: [type === 'MCP_SERVER_CONNECTED' ? 'start' : type === 'MCP_SERVER_DISCONNECTED' ? 'end' : 'info'],
      };
    default:
      return { category: ['api'], type: ['info'] };
  }
}

const severities = { DEBUG: 1, INFO: 3, WARNING: 5, ERROR: 7, CRITICAL: 10 };
const isAddress = (text: string | null): boolean => text !== null && /^[\d.]+$|^[\da-f:.]+$/i.test(text) && /[.:]/.test(text);
