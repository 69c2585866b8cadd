// What the dashboard knows of a server, fed by one stream. Screens read it; nobody else asks the server for the same.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Api, StreamItem, StreamOptions } from '../http/api.ts';
import type { Agent } from '../wire/agent.ts';
import { type Alert, outcomeOf } from '../wire/event.ts';
import type { McpServer } from '../wire/mcp.ts';
import type { AgentId, Timestamp } from '../wire/scalars.ts';
import type { Feature } from '../wire/session.ts';
import { ownText } from '../wire/verification-glance.ts';
import { type CallsStore, createCalls } from './calls.ts';
import { createEventLog, type EventLog, glanced } from './event-log.ts';
import type { FrameClock } from './frame-clock.ts';
import { latestMoment } from './latest-moment.ts';
import { createLinkStore, type LinkStore } from './link.ts';
import { createOutcomes, type OutcomesStore } from './outcomes.ts';
import { createResource, everyPage, type ResourceStore } from './resource.ts';

export type DashboardState = {
  readonly link: LinkStore;
  readonly events: EventLog;
  readonly agents: ResourceStore<Agent>;
  readonly mcp: ResourceStore<McpServer>;
  readonly alerts: ResourceStore<Alert>;
  readonly outcomes: OutcomesStore;
  /** When an agent was last heard of on the stream: newer than what the list of agents says. */
  readonly lastSeen: ReadonlyMap<string, Timestamp>;
  readonly calls: CallsStore;
  /** Null until the server has said what it can do. */
  readonly features: StoreApi<{ features: readonly Feature[] | null; version: string | null }>;
  /** Everything the stream brings, in order, as it comes: for the stores of other rooms. Answers how to stop. */
  onItem(listener: (item: StreamItem) => void): () => void;
  /** Told when what was fetched should be fetched again: at the start, after a gap, a reconnect, another server. */
  onRefresh(listener: () => void): () => void;
  refresh(): void;
  /** Reads the stream until the signal. Called again with another server after a restart. */
  follow(signal: AbortSignal): Promise<void>;
};

export type DashboardStateOptions = { api: () => Api; clock: FrameClock; now?: () => number; capacity?: number };

export function createDashboardState({ api, clock, now = Date.now, capacity }: DashboardStateOptions): DashboardState {
  const link = createLinkStore(now);
  const events = createEventLog({ clock, ...(capacity === undefined ? {} : { capacity }) });
  const outcomes = createOutcomes();
  const calls = createCalls({ clock });
  const lastSeen = new Map<string, Timestamp>();
  const changed = () => clock.changed();
  const agents = createResource({
    fetch: () => everyPage((cursor) => api().agents.list({ limit: 100, cursor })),
    idOf: (agent) => agent.id,
    changed,
    now,
  });
  const mcp = createResource({
    fetch: () => everyPage((cursor) => api().mcp.list({ limit: 100, cursor })),
    idOf: (server) => server.id,
    changed,
    now,
  });
  const alerts = createResource({
    fetch: () => everyPage((cursor) => api().alerts.list({ limit: 100, cursor }), 500),
    idOf: (alert) => alert.id,
    changed,
    now,
  });
  const itemListeners = new Set<(item: StreamItem) => void>();
  const refreshListeners = new Set<() => void>([() => agents.refresh(), () => mcp.refresh(), () => alerts.refresh()]);
  const features = createStore<{ features: readonly Feature[] | null; version: string | null }>(() => ({
    features: null,
    version: null,
  }));
  link.subscribe(changed);
  features.subscribe(changed);

  const refresh = () => {
    for (const listener of refreshListeners) listener();
  };
  const take = (item: StreamItem) => {
    if (item.kind === 'link') {
      const wasDown = link.getState().link.state === 'reconnecting' || link.getState().link.state === 'offline';
      const lastEventAt =
        'lastEventAt' in item.link ? (item.link.lastEventAt ?? link.getState().lastEventAt) : link.getState().lastEventAt;
      link.setState({ link: item.link, lastEventAt });
      if (wasDown && (item.link.state === 'live' || item.link.state === 'polling')) refresh();
    } else if (item.kind === 'gap') {
      events.add(item);
      refresh();
    } else takeEvent(item);
    for (const listener of itemListeners) listener(item);
  };
  const takeAll = (items: Iterable<StreamItem>) => {
    let lastEventAt: Timestamp | null = null;
    for (const item of items) {
      take(item);
      if (item.kind === 'event') lastEventAt = item.event.at;
    }
    // Once for all of them: nobody sees the header change between two events of one read.
    if (lastEventAt !== null) link.setState({ lastEventAt: moment.of(lastEventAt).at });
  };
  const moment = latestMoment();
  const seen = (agentId: AgentId, at: Timestamp) => {
    // The name in the map must not be a piece of the read that it came in.
    lastSeen.set(lastSeen.has(agentId) ? agentId : ownText(agentId), at);
  };
  const asked = new Set<AgentId>();
  const askAgain = (id: AgentId) => {
    if (asked.has(id)) return;
    asked.add(id);
    setTimeout(() => {
      asked.delete(id);
      // An agent that cannot be had now is asked for with the next denial, or with the whole list.
      api()
        .agents.get(id)
        .then(agents.put, () => {});
    }, AGAIN_AFTER).unref();
  };
  const takeEvent = (item: Extract<StreamItem, { kind: 'event' }>) => {
    const { event } = item;
    if (event.type === 'verification') {
      const glance = glanced(event);
      const agentId = glance ? glance.agentId : event.subject.agentId;
      const outcome = glance?.outcome ?? outcomeOf(event.subject);
      const { at, milliseconds } = moment.of(event.at);
      const before = events.add(item, at);
      if (agentId) seen(agentId, at);
      // A denial changes what is counted of its agent, and no event of the agent says so.
      if (outcome === 'denied' && agentId) askAgain(agentId);
      outcomes.add({ outcome, at: milliseconds }, before ? { outcome: before.outcome, at: milliseconds } : undefined);
    } else if (event.type === 'agent') event.change === 'deleted' ? agents.remove(event.subject.id) : agents.put(event.subject);
    else if (event.type === 'alert') alerts.put(event.subject);
    else if (event.type === 'mcp') mcp.refresh();
  };

  return {
    link,
    events,
    agents,
    mcp,
    alerts,
    outcomes,
    lastSeen,
    calls,
    features,
    onItem: adder(itemListeners),
    onRefresh: adder(refreshListeners),
    refresh,
    async follow(signal) {
      refresh();
      api()
        .status({ signal })
        .then(
          (status) => features.setState({ features: status?.features ?? [], version: status?.version ?? null }),
          // The stream says that the server cannot be reached; what it can do stays unknown.
          () => {},
        );
      let turn = performance.now();
      for await (const items of batches(api(), { signal, backlog: BACKLOG })) {
        takeAll(items);
        // What has arrived already is handed on without a turn of the event loop: a fast stream would let no key and no frame through.
        if (performance.now() - turn < LONGEST_TURN) continue;
        await new Promise((resolve) => setImmediate(resolve));
        turn = performance.now();
      }
    },
  };
}

/** In the pieces in which it arrived, where the client has them. */
async function* batches(api: Api, options: StreamOptions): AsyncIterable<readonly StreamItem[]> {
  if (api.events.batches) yield* api.events.batches({ ...options, glance: true });
  else for await (const item of api.events.stream(options)) yield [item];
}

/** Milliseconds in which the denials of one agent are taken together. */
const AGAIN_AFTER = 1000;

/** Milliseconds; a key waits no longer than this for the stream. */
const LONGEST_TURN = 8;

/** As many as a person scrolls back through after opening the dashboard. */
const BACKLOG = 200;

const adder =
  <Listener>(listeners: Set<Listener>) =>
  (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
