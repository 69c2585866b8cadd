// Open Cybersecurity Schema Framework 1.6: each category of ours in the class that fits it, what has no place under `unmapped`.

import type { EventSeverity, LogEntry } from '../entry.ts';
import { type EventFacts, factsOf, known } from './event-facts.ts';

export function toOcsf(entry: LogEntry, { now = Date.now(), version = '1' }: { now?: number; version?: string } = {}): string {
  const event = factsOf(entry, now);
  const placed = classOf(event);
  const { categoryUid, categoryName, classUid, className, activity, ...members } = placed;
  const [activityId, activityName] = activity;
  return JSON.stringify(
    known({
      activity_id: activityId,
      activity_name: activityName,
      category_uid: categoryUid,
      category_name: categoryName,
      class_uid: classUid,
      class_name: className,
      type_uid: classUid * 100 + activityId,
      type_name: `${className}: ${activityName}`,
      time: event.time,
      message: event.message,
      severity_id: severities[event.severity],
      severity: severityNames[event.severity],
      status_id: event.outcome === 'success' ? 1 : event.outcome === 'failure' ? 2 : null,
      status: event.outcome === 'success' ? 'Success' : event.outcome === 'failure' ? 'Failure' : null,
      status_detail: event.error,
      metadata: {
        version: '1.6.0',
        product: { name: 'aim', vendor_name: 'AIM', version, feature: { name: event.sdk } },
        uid: event.id,
        event_code: event.type,
        correlation_uid: event.correlationId,
        tenant_uid: event.organizationId,
        log_name: 'security',
        sequence: event.seq,
      },
      ...members.members,
      unmapped: unmapped(event),
    }),
  );
}

type Placed = {
  categoryUid: number;
  categoryName: string;
  classUid: number;
  className: string;
  activity: [id: number, name: string];
  members: object;
};

function classOf(event: EventFacts): Placed {
  const iam = { categoryUid: 3, categoryName: 'Identity & Access Management' };
  if (event.category === 'SECURITY' || event.type === 'MCP_CAPABILITY_DRIFT') {
    return {
      ...{ categoryUid: 2, categoryName: 'Findings', classUid: 2004, className: 'Detection Finding', activity: [1, 'Create'] },
      members: { finding_info: { uid: event.id ?? `${event.time}-${event.seq ?? 0}`, title: event.type, desc: event.message } },
    };
  }
  if (event.category === 'AUTHN') {
    return {
      ...{ ...iam, classUid: 3002, className: 'Authentication', activity: [99, event.type] },
      members: { user: user(event), actor: actor(event), service: { name: 'aim' }, src_endpoint: endpoint(event) },
    };
  }
  if (event.category === 'AGENT' || event.category === 'CRED') {
    const name = event.agentName ?? event.agentId ?? 'unknown';
    return {
      ...{ ...iam, classUid: 3004, className: 'Entity Management', activity: changes(event.type) },
      members: {
        entity: { name, uid: event.agentId, type: event.category === 'AGENT' ? 'Agent' : 'Credential', data: null },
        actor: actor(event),
        src_endpoint: endpoint(event),
      },
    };
  }
  if (event.category === 'AUTHZ' || event.category === 'MCP') {
    return {
      ...{
        categoryUid: 6,
        categoryName: 'Application Activity',
        classUid: 6003,
        className: 'API Activity',
        activity: [99, event.type],
      },
      members: {
        api: {
          operation: event.action ?? String(event.details['tool_name'] ?? event.type),
          service: { name: text(event.details['server_name']) ?? 'aim' },
        },
        actor: actor(event),
        src_endpoint: endpoint(event) ?? { name: 'unknown' },
        resources: event.resource === null ? null : [{ name: event.resource }],
        http_request: { http_method: event.method, url: { url_string: event.url } },
        http_response: event.status === null ? null : { code: event.status },
      },
    };
  }
  return {
    categoryUid: 0,
    categoryName: 'Uncategorized',
    classUid: 0,
    className: 'Base Event',
    activity: [99, event.type],
    members: {},
  };
}

/** An AI agent acts as a user of its own; a person's id, where there is one, is the user, and the agent the app. */
const actor = (event: EventFacts) => ({ user: user(event), session: { uid: event.sessionId } });

const user = ({ agentId, agentName, userId }: EventFacts) => {
  const name = agentName ?? (agentId === null && userId === null ? 'unknown' : null);
  return { name, uid: agentId ?? userId, type_id: 99, type: agentId === null && agentName === null ? 'User' : 'Agent' };
};

function endpoint({ sourceIp, hostname }: EventFacts): object | null {
  if (sourceIp === null && hostname === null) return null;
  return { ip: sourceIp, hostname };
}

function changes(type: string): [number, string] {
  if (/REGISTRATION_FAILED|REGISTERED|CREATED/.test(type)) return [1, 'Create'];
  if (/LOADED/.test(type)) return [2, 'Read'];
  if (/DELETED|REVOKED/.test(type)) return [4, 'Delete'];
  if (/SUSPENDED/.test(type)) return [12, 'Suspend'];
  if (/REACTIVATED/.test(type)) return [13, 'Resume'];
  if (/UPDATED|ROTATED|MIGRATED|SAVED|CHANGED/.test(type)) return [3, 'Update'];
  return [99, type];
}

function unmapped(event: EventFacts): object {
  return known({
    category: event.category,
    result: event.result,
    action: event.action,
    resource: event.resource,
    user_id: event.userId,
    process_id: event.processId,
    parent_event_id: event.parentId,
    stack_trace: event.stackTrace,
    prev_hash: event.prevHash,
    time_is_unknown: event.isTimeKnown ? null : true,
    details: event.details,
  });
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const severities: Record<EventSeverity, number> = { DEBUG: 1, INFO: 1, WARNING: 3, ERROR: 4, CRITICAL: 5 };
const severityNames: Record<EventSeverity, string> = {
  DEBUG: 'Informational',
  INFO: 'Informational',
  WARNING: 'Medium',
  ERROR: 'High',
  CRITICAL: 'Critical',
};
