// What a person would see, as text, as a picture, or as data with the ids that scripts use.

import { linkWord } from '../../src/state/link.ts';
import { terminalJson } from '../../src/text/json.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { svgOf } from './svg.ts';
import { rowsOf, type VirtualTerminal } from './virtual-terminal.ts';

export const snapshotKinds = ['text', 'svg', 'json'] as const;
export type SnapshotKind = (typeof snapshotKinds)[number];

/** Ends with a line break. */
export function snapshotOf(kind: SnapshotKind, terminal: VirtualTerminal, dashboard: Dashboard): string {
  const { emulator } = terminal;
  if (kind === 'svg')
    return svgOf(emulator, `aim: ${dashboard.shell.place.screen}`, dashboard.theme.name === 'light' ? 'light' : 'dark');
  if (kind === 'json') return `${terminalJson(described(terminal, dashboard), 2)}\n`;
  return `${rowsOf(emulator).join('\n').trimEnd()}\n`;
}

function described({ emulator }: VirtualTerminal, { shell, state, keyboard, areas, account, now }: Dashboard) {
  const { trail, overlay, selection, marks, toasts } = shell.getState();
  const { link } = state.link.getState();
  const said = toasts.at(-1);
  return {
    columns: emulator.cols,
    rows: rowsOf(emulator),
    screen: shell.place.screen,
    of: shell.place.of,
    trail: trail.map(({ screen, of, label }) => ({ screen, of, label: label ?? null })),
    overlay: overlay?.kind ?? null,
    link: { ...link, word: linkWord(state.link.getState()) },
    account: { email: account.email, role: account.role },
    selection,
    marks,
    message: said && said.until > now() ? { text: said.text, tone: said.tone } : null,
    widgets: areas.list(),
    keys: keyboard
      .live()
      .map(({ id, keys, label, summary, disabled }) => ({ id, keys, label, summary, disabled: disabled ?? null })),
  };
}
