// A server in memory for component tests: lists that can be set, a stream that can be fed, and a record of what was asked.

import { RemoteError, UsageError } from '../../src/errors.ts';
import type { Api, ApiCall, Page, StreamItem } from '../../src/http/api.ts';
import { type Agent, agent as agentSchema } from '../../src/wire/agent.ts';
import { type Alert, alert as alertSchema, type VerificationEvent, verificationEvent } from '../../src/wire/event.ts';
import { type McpConsensus, type McpRecorded, type McpServer, mcpServer } from '../../src/wire/mcp.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';
import {
  type Account,
  account as accountSchema,
  features as allFeatures,
  type Feature,
  type Role,
} from '../../src/wire/session.ts';
import { type ApprovalRequest, approvalRequest } from '../../src/wire/verification.ts';

export type FakeServer = {
  agents: Agent[];
  events: VerificationEvent[];
  approvals: ApprovalRequest[];
  mcp: McpServer[];
  alerts: Alert[];
  features: Feature[];
  /** Each method that was called, with its arguments, as `agents.update` . */
  calls: { name: string; args: unknown[] }[];
  /** What the stream brings next. */
  emit(item: StreamItem): void;
  /** A verification as the stream brings it, and the list has it. */
  happen(event: VerificationEvent, change?: 'created' | 'decided'): void;
  /** Methods that answer something else, or throw. */
  override: Record<string, (...args: never[]) => unknown>;
  api: Api;
};

export const NOW = Date.parse('2026-11-23T03:00:00.000Z');
const time = new Date(NOW).toISOString() as Timestamp;

export function fakeServer(
  initial: Partial<Pick<FakeServer, 'agents' | 'events' | 'approvals' | 'mcp' | 'alerts' | 'features'>> = {},
): FakeServer {
  const queue: StreamItem[] = [{ kind: 'link', link: { state: 'live', lastEventAt: null } }];
  let wake = () => {};
  let position = 0;
  const listeners = new Set<(call: ApiCall) => void>();
  const server: FakeServer = {
    agents: [],
    events: [],
    approvals: [],
    mcp: [],
    alerts: [],
    features: [...allFeatures],
    ...initial,
    calls: [],
    override: {},
    emit(item) {
      queue.push(item);
      wake();
    },
    happen(event, change = 'created') {
      server.events = [event, ...server.events.filter(({ id }) => id !== event.id)];
      server.emit({
        kind: 'event',
        event: { type: 'verification', position: String(++position), at: event.startedAt ?? time, change, subject: event },
      });
    },
    api: undefined as never,
  };
  const method =
    <Args extends unknown[], Result>(name: string, answer: (...args: Args) => Result) =>
    async (...args: Args): Promise<Awaited<Result>> => {
      server.calls.push({ name, args });
      for (const listener of listeners)
        listener({ at: time, method: 'GET', path: `/${name}`, status: 200, durationMs: 3, requestId: null, error: null });
      const other = server.override[name] as ((...args: Args) => Result) | undefined;
      return await (other ?? answer)(...args);
    };
  const unsupported = (name: string) =>
    method(name, () => {
      throw new RemoteError('fake.unsupported', { message: `The fake server has no ${name}.` });
    });
  const page = <Item>(items: Item[]): Page<Item> => ({ items, nextCursor: null, total: items.length });
  const one = <Item extends { id: string }>(items: Item[], id: string): Item => {
    const found = items.find((item) => item.id === id);
    if (!found) throw new UsageError('not-found', { message: `There is nothing with the id ${id}.` });
    return found;
  };
  const setStatus = (status: Agent['status']) => (id: string) => {
    const changed = { ...one(server.agents, id), status };
    server.agents = server.agents.map((agent) => (agent.id === id ? changed : agent));
    server.emit({
      kind: 'event',
      event: { type: 'agent', position: String(++position), at: time, change: 'updated', subject: changed },
    });
    return changed;
  };

  server.api = {
    server: 'http://127.0.0.1:4321',
    status: method('status', () => ({
      product: 'aim-terminal' as never,
      version: '0.1.0' as never,
      instanceId: null,
      features: server.features,
      time,
    })),
    has: async (feature) => server.features.includes(feature),
    me: method('me', () => anAccount()),
    agents: {
      list: method('agents.list', () => page(server.agents)),
      get: method('agents.get', (id) => one(server.agents, id)),
      find: method(
        'agents.find',
        (reference) =>
          server.agents.find(({ id, name }) => id === reference || name === reference) ?? one(server.agents, reference),
      ),
      create: unsupported('agents.create'),
      update: method('agents.update', (id, change) => {
        const changed = { ...one(server.agents, id), ...(change as Partial<Agent>) };
        server.agents = server.agents.map((agent) => (agent.id === id ? changed : agent));
        return changed;
      }),
      suspend: method('agents.suspend', setStatus('suspended')),
      reactivate: method('agents.reactivate', setStatus('verified')),
      verify: method('agents.verify', setStatus('verified')),
      revoke: method('agents.revoke', setStatus('revoked')),
      delete: unsupported('agents.delete'),
    },
    approvals: {
      list: method('approvals.list', () => page(server.approvals)),
      get: method('approvals.get', (id) => one(server.approvals, id)),
      approve: unsupported('approvals.approve'),
      deny: unsupported('approvals.deny'),
      comment: unsupported('approvals.comment'),
      undo: unsupported('approvals.undo'),
      nudge: unsupported('approvals.nudge'),
      assign: unsupported('approvals.assign'),
      escalate: unsupported('approvals.escalate'),
      grants: method('approvals.grants', () => page([])),
      revokeGrant: unsupported('approvals.revokeGrant'),
    },
    events: {
      list: method('events.list', () => page(server.events)),
      get: method('events.get', (id) => one(server.events, id)),
      statistics: unsupported('events.statistics'),
      async *stream({ signal } = {}) {
        server.calls.push({ name: 'events.stream', args: [] });
        for (let at = 0; !signal?.aborted; ) {
          const item = queue[at];
          if (item !== undefined) {
            at++;
            yield item;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal?.addEventListener('abort', () => resolve(), { once: true });
          });
        }
      },
    },
    mcp: {
      list: method('mcp.list', () => page(server.mcp)),
      get: method('mcp.get', (id) => one(server.mcp, id)),
      capabilities: method('mcp.capabilities', () => []),
      register: unsupported('mcp.register'),
      users: method('mcp.users', () => []),
      attestations: method('mcp.attestations', () => []),
      consensus: method('mcp.consensus', (): McpConsensus => {
        throw new RemoteError('fake.unsupported', { message: 'The fake server knows no consensus.' });
      }),
      manifests: method('mcp.manifests', () => []),
      manifest: unsupported('mcp.manifest'),
      record: method('mcp.record', (): McpRecorded => {
        throw new RemoteError('fake.unsupported', { message: 'The fake server records nothing.' });
      }),
      drift: method('mcp.drift', () => page([])),
      decideDrift: unsupported('mcp.decideDrift'),
    },
    alerts: {
      list: method('alerts.list', () => page(server.alerts)),
      acknowledge: unsupported('alerts.acknowledge'),
      resolve: unsupported('alerts.resolve'),
    },
    audit: { list: method('audit.list', () => page([])) },
    async raw(method, path, options) {
      server.calls.push({ name: `raw ${method}`, args: [path] });
      const other = server.override[`raw ${method} ${path}`] ?? server.override['raw'];
      if (other) return other(method as never, path as never, options as never) as never;
      throw new RemoteError('fake.unsupported', { message: `The fake server has no ${method} ${path}.` });
    },
    onCall(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return server;
}

export const anAgent = (members: Record<string, unknown> = {}): Agent =>
  agentSchema.parse({
    id: 'a-1',
    name: 'billing-bot',
    status: 'verified',
    trustScore: 0.87,
    agentType: 'custom',
    createdAt: '2026-11-22T03:00:00Z',
    ...members,
  });

export const anEvent = (members: Record<string, unknown> = {}): VerificationEvent =>
  verificationEvent.parse({
    id: 'v-1',
    agentId: 'a-1',
    agentName: 'billing-bot',
    status: 'success',
    result: 'verified',
    action: 'db:read',
    resourceType: 'invoices',
    startedAt: time,
    ...members,
  });

export const aRequest = (members: Record<string, unknown> = {}): ApprovalRequest =>
  approvalRequest.parse({
    id: 'v-9',
    agentId: 'a-1',
    agentName: 'billing-bot',
    capability: 'payment:refund',
    resource: 'order 4711',
    status: 'pending',
    riskLevel: 'high',
    requestedAt: time,
    ...members,
  });

export const anAlert = (members: Record<string, unknown> = {}): Alert =>
  alertSchema.parse({
    id: 'l-1',
    alertType: 'capability_violation',
    severity: 'high',
    title: 'Asked for what it may not',
    createdAt: time,
    ...members,
  });

export const anMcpServer = (members: Record<string, unknown> = {}): McpServer =>
  mcpServer.parse({ id: 'm-1', name: 'files', status: 'verified', ...members });

export const anAccount = (role: Role = 'admin', email = 'operator@localhost'): Account =>
  accountSchema.parse({ id: 'u-1', email, role });
