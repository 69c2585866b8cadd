// The second row: the six tabs with what waits in them; below it, on the way into something, where we are.

import { Box } from 'ink';
import type { Printable } from '../../src/text/brand.ts';
import { ours } from '../../src/text/brand.ts';
import type { AreaPart } from '../areas.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import { type Run, type Runs, widthOfRuns } from '../paint.ts';
import type { Screen } from '../screen.ts';
import { useArea } from '../use-area.ts';
import { useEachFrame } from '../use-frame.ts';
import { own, words } from '../words.ts';
import type { Place } from './shell.ts';

export function Tabs({ width, current }: { width: number; current: Place }) {
  const { screens, shell } = useDashboard();
  useEachFrame();
  const tabs = screens.filter(({ tab }) => tab !== undefined).sort((a, b) => (a.tab ?? 0) - (b.tab ?? 0));
  const runs = tabRuns(tabs, current.screen, width);
  const parts = (): AreaPart[] => {
    let column = 0;
    return tabs.map((tab, index) => {
      const columns = widthOfRuns(runs.slice(index * RUNS_OF_A_TAB, (index + 1) * RUNS_OF_A_TAB));
      const part = { id: tab.id, column, row: 0, columns, rows: 1 };
      column += columns;
      return part;
    });
  };
  const box = useArea('tabs', {
    parts,
    onPress({ column }) {
      const tab = parts().find((part) => column >= part.column && column < part.column + part.columns);
      if (tab) shell.jump(tab.id as Screen['id']);
    },
  });
  return (
    <Box ref={box} height={1} flexShrink={0}>
      <Line runs={runs} width={width} />
    </Box>
  );
}

const RUNS_OF_A_TAB = 4;

/** Where the terminal is too narrow for all titles, only the current tab keeps its own; digits and counts stay. */
export function tabRuns(tabs: readonly Screen[], current: string, width: number): Runs {
  const all = tabs.flatMap((tab) => tabOf(tab, tab.id === current, true));
  return widthOfRuns(all) <= width + 1 ? all : tabs.flatMap((tab) => tabOf(tab, tab.id === current, tab.id === current));
}

function tabOf(tab: Screen, isCurrent: boolean, isNamed: boolean): Run[] {
  const count = tab.badge?.() ?? null;
  const tone = isCurrent ? 'accent' : 'normal';
  return [
    { text: own(String(tab.tab)), tone: isCurrent ? 'accent' : 'muted' },
    { text: isNamed ? (isCurrent ? words` [${tab.title}]` : words` ${tab.title}`) : ours(''), tone },
    { text: count ? words` (${count})` : ours(''), tone: 'warning' },
    { text: ours(isNamed ? '  ' : '   ') },
  ];
}

export function Breadcrumbs({ width, trail }: { width: number; trail: readonly Place[] }) {
  const { screens, theme } = useDashboard();
  const runs = trail.flatMap((place, index): Run[] => {
    const title = place.label ?? screens.find(({ id }) => id === place.screen)?.title ?? own(place.screen);
    const separator: Run = { text: words` ${theme.glyphs.crumb as Printable} `, tone: 'muted' };
    return [...(index === 0 ? [] : [separator]), { text: title, tone: index === trail.length - 1 ? 'strong' : 'muted' }];
  });
  return <Line runs={runs} width={width} />;
}
