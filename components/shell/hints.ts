// What a newcomer is told, one thing at a time, in the line of messages: until it was done once, and never again.

import type { ScreenId } from '../../commands/action.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import type { Dashboard } from '../dashboard-context.ts';

export type Hint = {
  /** The binding by which it is learned. */
  learned: string;
  on: ScreenId | 'anywhere';
  text: Printable;
  /** Where it makes sense; without it, always. */
  when?(dashboard: Dashboard): boolean;
};

const hasAgents = ({ state }: Dashboard): boolean => state.agents.getState().items.length > 0;

// Each fits a terminal of 80 columns.
const hints: readonly Hint[] = [
  {
    learned: 'demo',
    on: 'overview',
    text: ours('d starts three agents at real work, to watch, to approve and to deny.'),
    when: (dashboard) => dashboard.state.agents.getState().phase === 'ready' && !hasAgents(dashboard),
  },
  { learned: 'overview.open', on: 'overview', text: ours('Enter goes to what needs you, the most urgent first.'), when: hasAgents },
  { learned: 'list.open', on: 'approvals', text: ours('Enter opens a request. It is decided there, in two steps.') },
  { learned: 'list.filter', on: 'agents', text: ours('/ filters while you type: status:verified trust<50% !test'), when: hasAgents },
  { learned: 'list.detail', on: 'agents', text: ours('z shows the agent below the list, J goes to what hangs together with it.'), when: hasAgents },
  { learned: 'list.pause', on: 'events', text: ours('p holds the rows still while more are collected; G follows them again.') },
  { learned: 'agent.next', on: 'agent', text: ours('tab turns to its trust, rights, servers, events, alerts, audit, keys.') },
  { learned: 'shell.help', on: 'anywhere', text: ours('? shows every key that works here, found by typing.') },
  { learned: 'shell.palette', on: 'anywhere', text: ours(': reaches every screen and verb by a few letters.') },
  {
    learned: 'shell.contexts',
    on: 'anywhere',
    text: ours('Ctrl-E goes to another server without leaving.'),
    when: ({ contexts }) => (contexts?.list().length ?? 0) > 1,
  },
]; // biome-ignore format: one table

/** The first that fits here and was not learned yet; null where there is none, and where hints are switched off. */
export function hintFor(dashboard: Dashboard): Printable | null {
  const { shell, remembered, context } = dashboard;
  if (!context.settings.get('hints')) return null;
  const { screen } = shell.place;
  const learned = remembered.get('hints');
  const hint = hints.find(
    ({ on, learned: id, when }) => (on === screen || on === 'anywhere') && !learned.includes(id) && (when?.(dashboard) ?? true),
  );
  return hint?.text ?? null;
}

/** Told of each binding that was used. */
export function learn({ remembered }: Pick<Dashboard, 'remembered'>, id: string): void {
  const learned = remembered.get('hints');
  if (!learned.includes(id) && hints.some((hint) => hint.learned === id)) remembered.set('hints', [...learned, id]);
}
