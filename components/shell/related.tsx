// `J`: what hangs together with the thing under the cursor, and the way there.

import { createElement } from 'react';
import type { ScreenId } from '../../commands/action.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit } from '../../src/text/width.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { tableStore } from '../tables/table-store.ts';
import { tables } from '../tables/tables.ts';
import { words } from '../words.ts';
import { Chooser } from './chooser.tsx';
import { fuzzySort } from './fuzzy.ts';
import type { OverlayProps, Selection } from './shell.ts';

export type Related = { name: Printable; what: Printable; go(): void };

export function openRelated(dashboard: Dashboard, selection: Selection): void {
  const related = relatedTo(dashboard, selection);
  if (related.length === 0) {
    dashboard.shell.say(words`Nothing is known that hangs together with ${selection.label}.`);
    return;
  }
  dashboard.shell.open({
    kind: 'dialog',
    rows: Math.min(12, related.length + 2),
    render: (props) => createElement(ChooseRelated, { ...props, related }),
  });
}

function ChooseRelated({ width, height, close, related }: OverlayProps & { related: readonly Related[] }) {
  useDashboard();
  return (
    <Chooser
      name="related"
      prompt={ours('go to: ')}
      entriesFor={(typed) => fuzzySort(related, typed, ({ name, what }) => `${name} ${what}`)}
      rowOf={({ name, what }) => ({ left: [{ text: fit(name, 22), tone: 'strong' }, what] })}
      onChoose={(_, entry) => {
        close();
        entry?.go();
      }}
      onCancel={close}
      width={width}
      height={height}
    />
  );
}

/** By ids where the servers give them; lists are filtered by the agent's name, as a person would. */
export function relatedTo(dashboard: Dashboard, selection: Selection): Related[] {
  const { shell, state } = dashboard;
  const { subject, value } = selection;
  const event = eventOf(dashboard, selection);
  const agentId = subject === 'agent' ? value : (event?.agentId ?? agentOfRow(dashboard, selection));
  const related: Related[] = [];
  const add = (name: string, what: Printable, go: () => void) => related.push({ name: ours(name), what, go });
  if (subject === 'approval') add('its event', ours('what was asked, as it was recorded'), () => shell.go('event', value));
  if (event && subject === 'event')
    add('the request', ours('what a person decides or decided'), () => shell.go('approval', value, ours('request')));
  if (agentId === null) return related;
  const agent = state.agents.getState().items.find(({ id }) => id === agentId);
  const name = agent ? visible(agent.name, { max: 60 }) : visible(agentId);
  if (subject !== 'agent') add('the agent', name, () => shell.go('agent', agentId, name));
  add('its events', words`what ${name} does, live`, () => shell.go('events', agentId, words`events of ${name}`));
  const filtered = (screen: ScreenId, field: string) => () => {
    shell.preset(screen, { filter: agent ? `${field}=${quoted(agent.name)}` : '' });
    shell.jump(screen);
  };
  if (!agent) return related;
  add('its requests', ours('what it waits for a person to decide'), filtered('approvals', 'agent'));
  add('wishes to keep', ours('capabilities that it asks for'), filtered('requests', 'agentName'));
  add('its alerts', ours('what the server thinks a person should look at'), filtered('alerts', 'agentName'));
  add('its violations', ours('what it tried and may not'), filtered('violations', 'agentName'));
  add('its audit', ours('who changed what about it'), filtered('audit', 'who'));
  add('its MCP servers', ours('on its own page'), () => {
    shell.remember('agent:section', { index: 3 });
    shell.go('agent', agentId, name);
  });
  add('its logs', ours('lines of the security log that name it'), () => {
    shell.preset('logs', { filter: quoted(agent.name) });
    shell.jump('logs');
  });
  return related;
}

const quoted = (name: string): string => (/["\s]/.test(name) ? `"${name.replaceAll('"', '')}"` : name);

function eventOf({ state }: Dashboard, { subject, value }: Selection) {
  if (subject !== 'event' && subject !== 'approval') return null;
  const row = state.events.at(state.events.sequenceOf(value));
  return row?.kind === 'event' ? row.event : null;
}

function agentOfRow(dashboard: Dashboard, { subject, value }: Selection): string | null {
  const table = tables.find((candidate) => candidate.subject === subject);
  const row =
    table &&
    tableStore(dashboard, table)
      ?.getState()
      .items.find((item) => table.idOf(item) === value);
  return typeof row?.['agentId'] === 'string' ? row['agentId'] : null;
}
