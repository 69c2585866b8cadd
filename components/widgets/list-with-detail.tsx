// A list with what there is to say about its row: below it, or alone.

import { Box } from 'ink';
import { useMemo } from 'react';
import { windowOf } from '../../src/state/list.ts';
import { ours } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import { words } from '../words.ts';
import { Detail, type DetailItem } from './detail.tsx';
import { List, type ListProps } from './list.tsx';
import { useListState } from './use-list.ts';

export type ListWithDetailProps<Row> = ListProps<Row> & {
  /** Made for the row under the cursor only, and only while it is shown. */
  detail(row: Row): readonly DetailItem[];
};

/** `z` walks: list alone, list above detail, detail alone. */
export function ListWithDetail<Row>({ detail, ...props }: ListWithDetailProps<Row>) {
  const { list, rows, width, height, active = true } = props;
  const state = useListState(list);
  const { theme } = useDashboard();
  const place = height < 10 && state.detail === 'pane' ? 'off' : state.detail;
  useKeys(
    [
      {
        id: 'list.detail',
        keys: ['z'],
        label: ours('detail'),
        summary: ours('Show what there is to say about the row: below the list, then alone, then not'),
        run: () => list.setState({ detail: NEXT[place] }),
      },
      ...(place === 'full'
        ? [
            {
              id: 'list.detail-close',
              keys: ['esc', 'q'],
              label: ours('list'),
              summary: ours('Back to the list'),
              footer: 1,
              run: () => list.setState({ detail: 'off' as const }),
            },
          ]
        : []),
    ],
    { id: `detail-of:${list.name}`, level: 'widget', active: active && state.filterBefore === null },
  );
  const { index } = windowOf(state, rows.rows, Math.max(1, height - 2));
  const row = rows.rows.at(index);
  const items = useMemo(() => (place === 'off' || row === undefined ? [] : detail(row)), [place, row, detail]);
  if (place === 'off') return <List {...props} />;
  const listHeight = Math.max(4, Math.floor(height * 0.45));
  if (place === 'full') {
    return (
      <Box flexDirection="column" width={width} height={height}>
        <Box height={0} overflowY="hidden">
          <List {...props} />
        </Box>
        <Detail name={`of:${list.name}`} items={items} width={width} height={height} level="widget" />
      </Box>
    );
  }
  const rule: Runs = [{ text: words`${theme.glyphs.line.repeat(Math.max(1, width)) as never}`, tone: 'muted' }];
  return (
    <Box flexDirection="column" width={width} height={height}>
      <List {...props} height={listHeight} />
      <Line runs={rule} width={width} />
      <Detail name={`of:${list.name}`} items={items} width={width} height={height - listHeight - 1} active={false} />
    </Box>
  );
}

const NEXT = { off: 'pane', pane: 'full', full: 'off' } as const;
