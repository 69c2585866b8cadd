// The keys that mean the same on every screen.

import { createElement } from 'react';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { bind } from '../keys/bind.ts';
import { isKeyName } from '../keys/key-overrides.ts';
import type { Binding } from '../keys/keymap.ts';
import { words } from '../words.ts';
import { openContexts } from './contexts.tsx';
import { CopyMenu } from './copy-menu.tsx';
import { noWebBecause, openWeb } from './open-web.ts';
import { showPlain } from './plain-text.ts';
import { noPluginBecause, pluginOf, runPlugin } from './plugins.ts';
import { openRelated } from './related.tsx';
import { openViews, saveView } from './saved-views.tsx';
import type { Place, Selection } from './shell.ts';
import { noSignInBecause, openSignIn } from './sign-in.ts';

export type GlobalCommands = { suspend(): void; redraw(): void; toggleMouse(): void; toggleMeter(): void };

export function globalBindings(dashboard: Dashboard): Binding[] {
  const { shell, screens, state } = dashboard;
  const tabs = screens.flatMap((screen): Binding[] =>
    screen.tab === undefined
      ? []
      : [
          {
            id: `tab.${screen.id}`,
            keys: [String(screen.tab)],
            label: screen.title,
            summary: words`Go to ${screen.title}`,
            run: () => shell.jump(screen.id),
          },
        ],
  );
  const { trail, last, past, future } = shell.getState();
  const isDeciding = shell.place.screen === 'approval';
  const selection = shell.getState().selection ?? ofPlace(shell.place);
  const back = bind('shell.back', ['esc', 'backspace'], 'back', 'Go back', () => shell.back(), 6);
  return [
    ...tabs,
    ...(trail.length > 1 ? [back] : []),
    bind('shell.palette', [':'], 'commands', 'Open the command palette', () => shell.open({ kind: 'palette', text: '' }), 8),
    bind('shell.help', ['?', 'f1'], 'help', 'Show and search all keys', () => shell.open({ kind: 'help' }), 9),
    {
      ...bind('shell.last', ['-'], 'last view', 'Go to the view before, and back again', () => shell.toggleLast()),
      disabled: last ? null : ours('There is no view before this one'),
    },
    {
      ...bind('shell.history-back', ['['], 'history', 'Walk back through the views', () => shell.walk(-1)),
      disabled: past.length > 0 ? null : ours('This is the first view'),
    },
    {
      ...bind('shell.history-forward', [']'], 'history', 'Walk forward through the views', () => shell.walk(1)),
      disabled: future.length > 0 ? null : ours('This is the latest view'),
    },
    // Somebody who takes y for a yes is told, and nothing opens that would take the next key.
    ...(isDeciding
      ? [
          {
            ...bind('shell.no-yes', ['y'], 'no yes', 'Decides nothing, on purpose', () => {}),
            disabled: ours('y decides nothing here; Y copies'),
          },
        ]
      : []),
    {
      ...bind(
        'shell.copy',
        isDeciding ? ['Y'] : ['y', 'Y'],
        'copy',
        'Copy the id, name, command or JSON of what is selected',
        () => {
          if (selection) openCopyMenu(shell, selection);
        },
      ),
      disabled: selection ? null : ours('Nothing is selected'),
    },
    bind('shell.refresh', ['r', 'f5'], 'refresh', 'Fetch everything again', () => {
      state.refresh();
      shell.say(ours('Fetching everything again.'));
    }),
    bind('shell.calls', ['@'], 'calls', 'Show every call that was made', () => shell.go('calls')),
    {
      ...bind('shell.related', ['J'], 'related', 'Go to what hangs together with this: agent, events, requests, alerts', () => {
        if (selection) openRelated(dashboard, selection);
      }),
      disabled: selection ? null : ours('Nothing is selected'),
    },
    {
      ...bind('shell.web', ['W'], 'browser', 'Open it in the browser', () => void openWeb(dashboard)),
      disabled: noWebBecause(dashboard),
    },
    {
      ...bind(
        'shell.plain',
        ['ctrl-t'],
        'plain',
        'Show all of it as plain text, to select and copy',
        () => void showPlain(dashboard),
      ),
    },
    bind('shell.contexts', ['ctrl-e'], 'server', 'Go to another server or sign-in', () => openContexts(dashboard)),
    {
      ...bind('shell.sign-in', ['ctrl-o'], 'sign in', 'Sign in to this server again', () => openSignIn(dashboard)),
      disabled: noSignInBecause(dashboard),
    },
    bind('shell.views', ['*'], 'views', 'Show the saved views', () => openViews(dashboard)),
    {
      ...bind('shell.save-view', ['ctrl-s'], 'save view', 'Save what is shown under a name, and a key if you like', () =>
        saveView(dashboard),
      ),
      disabled: shell.list(shell.place.screen) ? null : ours('Only lists are saved as views'),
    },
    ...userBindings(dashboard),
    bind('shell.quit', ['q', 'ctrl-c'], 'quit', 'Quit', () => dashboard.quit(), 10),
  ];
}

/** Saved views, aliases and plugins that have a key. */
function userBindings(dashboard: Dashboard): Binding[] {
  const { lines, runLine } = dashboard;
  const { views, aliases, plugins, keys } = lines.getState();
  const ofPlugins = Object.entries(plugins).flatMap(([name, text]): Binding[] => {
    const chosen = keysOf(keys[`plugin.${name}`]);
    if (chosen.length === 0) return [];
    const plugin = pluginOf(name, text);
    const label = visible(name, { max: 20 });
    return [
      {
        id: `plugin.${name}`,
        keys: chosen,
        label,
        summary: words`Run ${label}: ${visible(text, { max: 100 })}`,
        footer: 7,
        disabled: noPluginBecause(plugin, dashboard),
        run: () => runPlugin(dashboard, plugin),
      },
    ];
  });
  const named = [...entriesOf('view', views), ...entriesOf('alias', aliases)];
  const ofLines = named.flatMap(([id, name, line]): Binding[] => {
    const chosen = keysOf(keys[id]);
    if (chosen.length === 0) return [];
    const label = visible(name, { max: 20 });
    return [
      { id, keys: chosen, label, summary: words`Show ${label}: ${visible(line, { max: 100 })}`, run: () => void runLine(line) },
    ];
  });
  return [...ofPlugins, ...ofLines];
}

const keysOf = (text = ''): string[] => text.split(/\s+/).filter(isKeyName);

const entriesOf = (kind: string, texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([name, line]) => [`${kind}.${name}`, name, line] as const);

/** A screen of one thing is about it, whether or not it said so. */
function ofPlace({ screen, of, label }: Place): Selection | null {
  const isSubject = screen === 'agent' || screen === 'event' || screen === 'approval' || screen === 'mcp-server';
  return isSubject && of !== null ? { subject: screen, value: of, label: label ?? visible(of, { max: 60 }) } : null;
}

function openCopyMenu(shell: Dashboard['shell'], selection: Selection): void {
  shell.open({
    kind: 'dialog',
    rows: 7,
    render: ({ width, height, close }) => createElement(CopyMenu, { selection, width, height, close }),
  });
}

/** What works whatever lies over the screen. */
export function alwaysBindings({ suspend, redraw, toggleMouse, toggleMeter }: GlobalCommands): Binding[] {
  return [
    bind('shell.redraw', ['ctrl-l'], 'redraw', 'Draw the screen again', redraw),
    bind('shell.suspend', ['ctrl-z'], 'suspend', 'Stop the program and return to the shell', suspend),
    bind('shell.mouse', ['f2'], 'mouse', 'Switch the mouse on or off', toggleMouse),
    bind('shell.meter', ['f3'], 'meter', 'Show what drawing costs: frames, bytes a second, memory', toggleMeter),
  ];
}
