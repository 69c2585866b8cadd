// The first screen: what needs a person now, what happened by outcome, the agents by state, and how an agent connects.

import { Box } from 'ink';
import { useState } from 'react';
import { isDown } from '../../../src/state/link.ts';
import { ours } from '../../../src/text/brand.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { Blank, Line } from '../../line.tsx';
import type { Runs } from '../../paint.ts';
import type { Screen, ScreenProps } from '../../screen.ts';
import { useEachFrame } from '../../use-frame.ts';
import { words } from '../../words.ts';
import { agentsSection, connectSection, linkSection, needsOf, outcomesSection, runningSection } from './sections.ts';
import { snippets } from './snippets.ts';

function Overview({ width, height }: ScreenProps) {
  const dashboard = useDashboard();
  const { shell, theme, copy } = dashboard;
  useEachFrame();
  const [wanted, setAt] = useState(0);
  const needs = needsOf(dashboard);
  const at = Math.min(wanted, Math.max(0, needs.length - 1));
  const code = snippets();
  const bindings: Binding[] = [
    {
      id: 'overview.down',
      keys: ['down', 'j'],
      label: ours('down'),
      summary: ours('Next thing that needs you'),
      run: () => setAt(Math.min(at + 1, needs.length - 1)),
    },
    {
      id: 'overview.up',
      keys: ['up', 'k'],
      label: ours('up'),
      summary: ours('Thing before that needs you'),
      run: () => setAt(Math.max(0, at - 1)),
    },
    {
      id: 'overview.open',
      keys: ['enter', 'l', 'right'],
      label: ours('open'),
      summary: ours('Go where it can be done'),
      footer: 1,
      disabled: needs.length === 0 ? ours('Nothing needs you') : null,
      run: () => needs[at]?.open(shell),
    },
    {
      id: 'overview.copy-typescript',
      keys: ['t'],
      label: ours('copy TypeScript'),
      summary: ours('Copy the lines that connect an agent in TypeScript'),
      footer: 6,
      run: () => copy(code.typescript, ours('the TypeScript lines')),
    },
    {
      id: 'overview.copy-python',
      keys: ['p'],
      label: ours('copy Python'),
      summary: ours('Copy the lines that connect an agent in Python'),
      footer: 7,
      run: () => copy(code.python, ours('the Python lines')),
    },
  ];
  useKeys(bindings, { id: 'overview', level: 'screen' });

  const needRows: Runs[] =
    needs.length === 0
      ? isDown(dashboard.state.link.getState())
        ? [[{ text: ours('  Nothing needed you when the server last answered.'), tone: 'warning' }]]
        : [[{ text: words`  ${theme.glyphs.allowed as never} Nothing needs you now.`, tone: 'good' }]]
      : needs.map(({ text, tone }, index) => [words`${(index === at ? theme.glyphs.cursor : ' ') as never} `, { text, tone }]);
  const first: Runs[] = [[{ text: ours('Needs you now'), tone: 'accent' }], ...needRows, []];
  const sections = [
    first,
    outcomesSection(dashboard, width),
    agentsSection(dashboard),
    runningSection(dashboard),
    linkSection(dashboard),
  ].flat();
  const isNew = dashboard.state.agents.getState().items.length === 0;
  // On the first day the lines that connect an agent matter more than counts of nothing.
  const connect = connectSection(dashboard, code, { width, rows: isNew ? height - first.length : height - sections.length });
  const lines = (isNew ? [...first, ...connect, [], ...sections.slice(first.length)] : [...sections, ...connect]).slice(
    0,
    height,
  );
  return (
    <Box flexDirection="column" width={width} height={height}>
      {lines.map((runs, slot) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are keyed by their slot
        <Line key={slot} runs={runs} width={width} selected={slot === at + 1 && needs.length > 0} />
      ))}
      <Blank rows={height - lines.length} />
    </Box>
  );
}

export const overviewScreen: Screen = { id: 'overview', title: ours('Overview'), tab: 1, Component: Overview };
