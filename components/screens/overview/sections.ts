// The parts of the overview, each as rows.

import { outcomes } from '../../../src/state/outcomes.ts';
import { ours, type Printable } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import { fit } from '../../../src/text/width.ts';
import type { Dashboard } from '../../dashboard-context.ts';
import { outcomeText, outcomeTone, sparkline, statusTone } from '../../look.ts';
import type { Run, Runs } from '../../paint.ts';
import { linkRuns } from '../../shell/header.tsx';
import type { Shell } from '../../shell/shell.ts';
import { waitingRequests } from '../../tables/open-requests.ts';
import type { Glyphs, Tone } from '../../theme.ts';
import { own, words } from '../../words.ts';
import type { Snippets } from './snippets.ts';

export type Need = { text: Printable; tone: Tone; open(shell: Shell): void };

/** What waits for a person, the most urgent first. */
export function needsOf(dashboard: Dashboard): Need[] {
  const { screens, state } = dashboard;
  const needs: Need[] = [];
  const waiting = screens.find(({ id }) => id === 'approvals')?.badge?.() ?? 0;
  if (waiting > 0)
    needs.push({
      text: words`${plural(waiting, 'request waits', 'requests wait')} for a decision (4)`,
      tone: 'warning',
      open: (shell) => shell.jump('approvals'),
    });
  const { items } = state.agents.getState();
  const compromised = items.filter(({ isCompromised }) => isCompromised).length;
  if (compromised > 0)
    needs.push({
      text: words`${plural(compromised, 'agent is', 'agents are')} marked compromised (2)`,
      tone: 'bad',
      open: toAgents('status:compromised'),
    });
  const pending = items.filter(({ status }) => status === 'pending').length;
  if (pending > 0)
    needs.push({
      text: words`${plural(pending, 'new agent waits', 'new agents wait')} to be verified (2, then V)`,
      tone: 'warning',
      open: toAgents('status:pending'),
    });
  const asked = waitingRequests(dashboard);
  if (asked > 0)
    needs.push({
      text: words`${plural(asked, 'agent asks for a capability', 'capabilities are asked for')} to keep (Enter opens them)`,
      tone: 'warning',
      open: (shell) => shell.jump('requests'),
    });
  const alerts = state.alerts.getState().items.filter(({ isAcknowledged }) => !isAcknowledged);
  const grave = alerts.filter(({ severity }) => severity === 'critical' || severity === 'high').length;
  if (alerts.length > 0)
    needs.push({
      text: words`${plural(alerts.length, 'alert', 'alerts')}, ${grave} of them high or critical`,
      tone: grave > 0 ? 'bad' : 'warning',
      open: (shell) => shell.jump('alerts'),
    });
  return needs;
}

function toAgents(filter: string) {
  return (shell: Shell): void => {
    shell.jump('agents');
    shell.preset('agents', { filter });
  };
}

/** Counts since the dashboard was opened, with the last minutes as bars on one scale. */
export function outcomesSection({ state, theme, now }: Dashboard, width: number): Runs[] {
  const totals = state.outcomes.totals();
  const bars = Math.max(0, Math.min(60, width - 30));
  const series = outcomes.map((outcome) => state.outcomes.series(outcome, bars, now()));
  const highest = Math.max(1, ...series.flat());
  const all = outcomes.reduce((sum, outcome) => sum + totals[outcome], 0);
  const heading: Runs = [
    { text: ours('Verifications'), tone: 'accent' },
    {
      text: all === 0 ? ours('  none yet') : words`  the latest ${all} events; each bar is 10 s, the newest at the right`,
      tone: 'muted',
    },
  ];
  const rows = outcomes.map((outcome, index): Runs => {
    const bar = sparkline(series[index] ?? [], highest, theme);
    const tone = totals[outcome] > 0 ? outcomeTone[outcome] : 'muted';
    return [
      ours('  '),
      { text: fit(outcome === 'waiting' ? leftOpen(theme.glyphs) : outcomeText(outcome, theme.glyphs), 11), tone },
      { text: fit(words`${totals[outcome]}`, 7, 'right'), tone },
      ours('  '),
      { ...bar, tone },
    ];
  });
  return [heading, ...rows, []];
}

/** Not `waiting`: the queue counts what waits now, this only those among the latest events. */
const leftOpen = (glyphs: Glyphs): Printable => words`${glyphs.waiting as Printable} left open`;

export function agentsSection({ state }: Dashboard): Runs[] {
  const { items, phase, error } = state.agents.getState();
  const heading: Run = { text: ours('Agents'), tone: 'accent' };
  if (phase === 'loading') return [[heading, { text: ours('  asking the server…'), tone: 'muted' }], []];
  if (phase === 'failed')
    return [[heading, { text: words`  not known: ${visible(error?.message ?? '', { max: 120 })}`, tone: 'bad' }], []];
  const counts = (['verified', 'pending', 'suspended', 'revoked'] as const).map((status) => ({
    status,
    count: items.filter((agent) => agent.status === status).length,
  }));
  const states = counts.flatMap(({ status, count }): Run[] => [
    { text: words`  ${count} ${own(status)}`, tone: count > 0 ? statusTone[status] : 'muted' },
  ]);
  const scores = items.flatMap(({ trustScore }) => (trustScore === null ? [] : [trustScore]));
  const low = scores.filter((score) => score < 0.4).length;
  const trust: Run = {
    text: scores.length === 0 ? ours('') : words`   ${low} of low trust`,
    tone: low > 0 ? 'warning' : 'muted',
  };
  return [[heading, ...states, trust], []];
}

/** What goes on in the background, such as the demo. */
export function runningSection({ background }: Dashboard): Runs[] {
  const running = background.running();
  if (running.length === 0) return [];
  return [
    ...running.map(
      ({ id, line }): Runs => [
        { text: words`Running aim ${own(id.replaceAll('.', ' '))}`, tone: 'accent' },
        { text: words`  ${line}`, tone: 'muted' },
      ],
    ),
    [],
  ];
}

export function linkSection({ state, now, theme, api }: Dashboard): Runs[] {
  const { version } = state.features.getState();
  const dropped = state.events.dropped;
  const rows: Runs[] = [
    [{ text: ours('Link'), tone: 'accent' }, ours('  '), ...linkRuns(state.link.getState(), now(), theme.glyphs)],
    [
      {
        text: words`  listens at ${visible(api.server)}${version === null ? ours('') : words`, version ${visible(version, { max: 30 })}`}`,
        tone: 'muted',
      },
    ],
  ];
  if (dropped > 0) rows.push([{ text: words`  ${dropped} old events dropped from the buffer`, tone: 'muted' }]);
  return [...rows, []];
}

/** In full where there is room for it, else as what the keys do. */
export function connectSection(
  { theme }: Dashboard,
  { typescript, python }: Snippets,
  { width, rows }: { width: number; rows: number },
): Runs[] {
  const heading: Run = { text: ours('Connect an agent'), tone: 'accent' };
  const keys: Run[] = [
    { text: ours('  t'), tone: 'key' },
    { text: ours(' copies TypeScript, '), tone: 'muted' },
    { text: ours('p'), tone: 'key' },
    { text: ours(' copies Python'), tone: 'muted' },
  ];
  const code = (name: string, text: string): Runs[] => [
    [{ text: words`  ${own(name)}`, tone: 'muted' }],
    ...text
      .split('\n')
      .map(
        (line): Runs => [
          { text: words`  ${theme.glyphs.bar as Printable} `, tone: 'muted' },
          { text: fit(visible(line), Math.max(10, width - 4)) },
        ],
      ),
  ];
  const all = [[heading, ...keys], ...code('TypeScript', typescript), ...code('Python', python)];
  if (all.length <= rows) return all;
  const half = [[heading, ...keys], ...code('TypeScript', typescript)];
  return half.length <= rows ? half : [[heading, ...keys]];
}

const plural = (count: number, one: string, many: string): Printable => words`${count} ${own(count === 1 ? one : many)}`;
