// What is on record about one agent, asked for section by section when it is looked at: rights, trust, servers, alerts, audit.

import { useEffect, useState } from 'react';
import { callForRow, type Row, rowPages } from '../../../commands/rows.ts';
import { type Dashboard, useDashboard } from '../../dashboard-context.ts';

/** `null` while it is asked for; a text where the server does not give it. */
export type Answered<Value> = Value | null | string;

export type AgentRecords = {
  trust: Answered<Row>;
  trustHistory: Answered<readonly Row[]>;
  capabilities: Answered<readonly Row[]>;
  servers: Answered<readonly Row[]>;
  violations: Answered<readonly Row[]>;
  alerts: Answered<readonly Row[]>;
  audit: Answered<readonly Row[]>;
  keys: Answered<Row>;
};

export type RecordName = keyof AgentRecords;

const nothing: AgentRecords = {
  trust: null, trustHistory: null, capabilities: null, servers: null, violations: null, alerts: null, audit: null, keys: null,
}; // biome-ignore format: one table

/** Only `wanted` are asked for; they are asked for again with every refresh of the dashboard. */
export function useAgentRecords(id: string | null, wanted: readonly RecordName[]): AgentRecords {
  const dashboard = useDashboard();
  const { state, clock } = dashboard;
  const [held, setHeld] = useState<{ id: string | null; records: AgentRecords }>({ id, records: nothing });
  const key = wanted.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names are the key
  useEffect(() => {
    if (id === null) return;
    const asking = new AbortController();
    const put = (name: RecordName, value: Answered<unknown>) => {
      if (asking.signal.aborted) return;
      setHeld((before) => ({ id, records: { ...(before.id === id ? before.records : nothing), [name]: value } }));
      clock.changed();
    };
    const askAll = () => {
      for (const name of wanted) {
        questions[name](dashboard, id, asking.signal).then(
          (value) => put(name, value),
          (error: unknown) => put(name, error instanceof Error ? error.message : String(error)),
        );
      }
    };
    askAll();
    const stop = state.onRefresh(askAll);
    return () => {
      asking.abort();
      stop();
    };
  }, [id, key]);
  return held.id === id ? held.records : nothing;
}

type Question = (dashboard: Dashboard, id: string, signal: AbortSignal) => Promise<unknown>;

const one =
  (path: string): Question =>
  ({ api }, id, signal) =>
    callForRow({ api, signal }, { path: pathOf(path, id), subject: 'agents' });

const many =
  (path: string): Question =>
  async ({ api }, id, signal) =>
    (await rowPages({ api, signal }, { path: pathOf(path, id), subject: 'agents' })({ limit: 50 })).items;

const pathOf = (path: string, id: string): string => `/api/v1${path.replace(':id', encodeURIComponent(id))}`;

const questions: Record<RecordName, Question> = {
  trust: one('/trust-score/agents/:id/breakdown'),
  trustHistory: many('/agents/:id/trust-score/history'),
  capabilities: many('/agents/:id/capabilities'),
  servers: many('/agents/:id/mcp-servers'),
  violations: many('/agents/:id/violations'),
  alerts: many('/agents/:id/alerts'),
  audit: many('/agents/:id/audit-logs'),
  keys: one('/agents/:id/key-vault'),
};
