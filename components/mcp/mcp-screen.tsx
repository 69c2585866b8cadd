// The MCP servers that agents can reach from here, worst risk first: found in the background, asked only when told to.

import { Box } from 'ink';
import { useEffect, useMemo } from 'react';
import type { CatalogueState } from '../../src/mcp/catalogue.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import type { Run, Runs } from '../paint.ts';
import type { Screen, ScreenProps } from '../screen.ts';
import type { Selection } from '../shell/shell.ts';
import { useEachFrame } from '../use-frame.ts';
import { List } from '../widgets/list.tsx';
import { useListStore, useRows } from '../widgets/use-list.ts';
import { words } from '../words.ts';
import { catalogueOf } from './catalogue-of.ts';
import { useInspectKey } from './consent.tsx';
import { mcpColumns } from './mcp-columns.ts';
import { useRecordKey } from './server-keys.ts';
import { ago } from './shown.ts';

function McpServers({ width, height }: ScreenProps) {
  const dashboard = useDashboard();
  const { shell, now } = dashboard;
  const catalogue = catalogueOf(dashboard);
  useEachFrame();
  const state = catalogue.get();
  useEffect(() => {
    catalogue.refresh();
  }, [catalogue]);
  const list = useListStore('mcp');
  const { waiting } = state;
  const columns = useMemo(() => mcpColumns(waiting), [waiting]);
  const rows = useRows(list, state.rows, columns, keyOf);
  const again: Binding = {
    id: 'mcp.look',
    keys: ['r'],
    label: ours('look again'),
    summary: ours('Look at the configuration files and the registry again'),
    footer: 3,
    run: () => void catalogue.look(),
  };
  const selected = () => state.rows.find(({ key }) => key === shell.getState().selection?.value) ?? null;
  const inspect = useInspectKey(selected);
  useKeys([inspect, again, useRecordKey(selected)], { id: 'mcp', level: 'screen' });
  const open = (row: McpRow): void => shell.go('mcp-server', row.key, visible(row.name, { max: 40 }));
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={summary(state)} right={when(state, now())} width={width} />
      <List
        list={list}
        rows={rows}
        columns={columns}
        width={width}
        height={height - 1}
        onOpen={open}
        select={serverSelection}
        empty={state.lookedAt === null ? LOOKING : EMPTY}
      />
    </Box>
  );
}

const keyOf = ({ key }: McpRow): string => key;

export const serverSelection = ({ key, name }: McpRow): Selection => ({
  subject: 'mcp-server',
  value: key,
  label: visible(name, { max: 60 }),
});

function summary({ rows, waiting, problems, registryProblem, lookedAt }: CatalogueState): Runs {
  if (lookedAt === null) return [];
  const drifted = rows.filter(({ id }) => id !== null && waiting.has(id)).length;
  const bad = rows.filter(({ risk }) => risk === 'high' || risk === 'critical').length;
  const parts: Run[] = [{ text: words`${rows.length} ${rows.length === 1 ? ours('server') : ours('servers')}`, tone: 'muted' }];
  if (bad > 0) parts.push({ text: words`${bad} of high risk`, tone: 'bad' });
  if (drifted > 0) parts.push({ text: words`${drifted} not as the baseline`, tone: 'bad' });
  if (problems.length > 0)
    parts.push({
      text: words`${problems.length} ${problems.length === 1 ? ours('file') : ours('files')} could not be read`,
      tone: 'warning',
    });
  if (registryProblem !== null)
    parts.push({ text: words`registry: ${visible(registryProblem, { max: 60 })}`, tone: 'warning' });
  return parts.flatMap((part, index): Runs => (index === 0 ? [part] : [{ text: ours(', '), tone: 'muted' }, part]));
}

function when({ looking, lookedAt }: CatalogueState, now: number): Runs {
  if (looking !== null) return [{ text: words`looking at files: ${looking.done} of ${looking.total}`, tone: 'info' }];
  return lookedAt === null ? [] : [{ text: words`looked ${ago(lookedAt, now)}`, tone: 'muted' }];
}

const LOOKING: readonly Runs[] = [[{ text: ours('  Looking at the configuration files of MCP clients…'), tone: 'muted' }]];
const EMPTY: readonly Runs[] = [
  [ours('  No MCP servers.')],
  [{ text: ours('  No client of this user has one, and the control plane knows none.'), tone: 'muted' }],
  [{ text: ours('  The demo (d on tab 1) brings some.'), tone: 'muted' }],
];

export const mcpScreen: Screen = { id: 'mcp', title: ours('MCP'), tab: 5, Component: McpServers };
