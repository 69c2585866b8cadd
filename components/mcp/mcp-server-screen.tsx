// One MCP server in full, with its tools once it was asked for them.

import { useEffect, useMemo, useRef } from 'react';
import { ours } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import type { Screen, ScreenProps } from '../screen.ts';
import { useSelection } from '../shell/use-selection.ts';
import { useEachFrame, useFrame } from '../use-frame.ts';
import { Detail } from '../widgets/detail.tsx';
import { catalogueOf } from './catalogue-of.ts';
import { serverSelection } from './mcp-screen.tsx';
import { serverItems } from './mcp-server-detail.ts';
import { useServerKeys } from './server-keys.ts';

function McpServerScreen({ width, height, of }: ScreenProps) {
  const dashboard = useDashboard();
  const catalogue = catalogueOf(dashboard);
  useEachFrame();
  const state = catalogue.get();
  // Out of every client's files, it still is what the control plane knows by this id.
  const lastId = useRef<string | null>(null);
  const row =
    state.rows.find(({ key, id }) => key === of || id === of) ??
    state.rows.find(({ id }) => id !== null && id === lastId.current) ??
    null;
  if (row !== null) lastId.current = row.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are made anew with every look, the server stays the same
  useEffect(() => {
    catalogue.refresh();
    if (row !== null) void catalogue.loadCapabilities(row);
    if (row !== null) void catalogue.loadFacts(row);
  }, [catalogue, row?.key, row?.id]);
  // Whatever was done by a key or the palette says so; what the control plane keeps may be another thing by then.
  const said = useFrame(() => dashboard.shell.getState().toasts.at(-1)?.id ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (said === null || row === null) return;
    void catalogue.look();
    void catalogue.loadFacts(row);
  }, [said]);
  useSelection(row && serverSelection(row));
  useKeys(
    useServerKeys(() => row),
    { id: 'mcp-server', level: 'screen' },
  );
  const inspecting = state.inspections.get(row?.key ?? '') ?? null;
  const facts = state.facts.get(row?.id ?? '') ?? null;
  const capabilities = state.capabilities.get(row?.id ?? '') ?? NONE;
  const tenSeconds = Math.floor(dashboard.now() / 10_000);
  const items = useMemo(
    () => (row === null ? [] : serverItems(row, { inspecting, capabilities, facts, width }, tenSeconds * 10_000)),
    [row, inspecting, capabilities, facts, width, tenSeconds],
  );
  if (row === null) {
    return (
      <Line
        runs={[
          { text: state.lookedAt === null ? ours('  Looking…') : ours('  This server is not there any more.'), tone: 'muted' },
        ]}
        width={width}
      />
    );
  }
  return <Detail name="mcp-server" items={items} width={width} height={height} />;
}

const NONE: readonly never[] = [];

export const mcpServerScreen: Screen = { id: 'mcp-server', title: ours('MCP server'), Component: McpServerScreen };
