// The second row: the six tabs with what waits in them; below it, on the way into something, where we are.

import type { Printable } from '../../src/text/brand.ts';
import { ours } from '../../src/text/brand.ts';
import { fit, widthOf } from '../../src/text/width.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import type { Run, Runs } from '../paint.ts';
import type { Screen } from '../screen.ts';
import { useEachFrame } from '../use-frame.ts';
import { own, words } from '../words.ts';
import type { Place } from './shell.ts';

export function Tabs({ width, current }: { width: number; current: Place }) {
  const { screens } = useDashboard();
  useEachFrame();
  const tabs = screens.filter(({ tab }) => tab !== undefined).sort((a, b) => (a.tab ?? 0) - (b.tab ?? 0));
  return <Line runs={tabRuns(tabs, current.screen, width)} width={width} />;
}

/** Titles are shortened together where the terminal is narrow; the digits stay. */
export function tabRuns(tabs: readonly Screen[], current: string, width: number): Runs {
  const badgeOf = (tab: Screen) => {
    const count = tab.badge?.() ?? null;
    return count ? words` (${count})` : ours('');
  };
  const fixed = tabs.reduce((sum, tab) => sum + 2 + widthOf(badgeOf(tab)) + 2, 0);
  const longest = Math.max(0, ...tabs.map(({ title }) => widthOf(title)));
  let room = longest;
  while (room > 0 && fixed + tabs.reduce((sum, { title }) => sum + Math.min(widthOf(title), room), 0) > width) room--;
  return tabs.flatMap((tab): Run[] => {
    const isCurrent = tab.id === current;
    const title = widthOf(tab.title) > room ? fit(tab.title, room) : tab.title;
    const badge = badgeOf(tab);
    return [
      { text: words`${own(String(tab.tab))} `, tone: isCurrent ? 'accent' : 'muted' },
      { text: isCurrent ? words`[${title}]` : title, tone: isCurrent ? 'accent' : 'normal' },
      { text: badge, tone: 'warning' },
      { text: ours(isCurrent ? ' ' : '  ') },
    ];
  });
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
