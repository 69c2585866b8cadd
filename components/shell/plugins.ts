// Programs of the user's own, run on what is selected: `[confirm] [dangerous] PROGRAM WORDS…`, with {id}, {name} and others as words.

import { spawn } from 'node:child_process';
import { createElement } from 'react';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { Confirm } from '../actions/confirm.tsx';
import type { Dashboard } from '../dashboard-context.ts';
import { words } from '../words.ts';
import { shellWords } from './palette-line.ts';

export type Plugin = {
  name: string;
  /** The program and its words, with places in them. */
  command: readonly string[];
  /** Asked about before. */
  confirm: boolean;
  /** Changes something: asked about, and never run where the dashboard is read-only. */
  dangerous: boolean;
};

export function pluginOf(name: string, text: string): Plugin {
  const command = shellWords(text);
  const flags = new Set<string>();
  while (command[0] !== undefined && FLAGS.has(command[0])) flags.add(command.shift() ?? '');
  return { name, command, dangerous: flags.has('dangerous'), confirm: flags.size > 0 };
}

const FLAGS: ReadonlySet<string> = new Set(['confirm', 'dangerous']);

/** Null where it can be run now. */
export function noPluginBecause({ command, dangerous }: Plugin, dashboard: Dashboard): Printable | null {
  if (command.length === 0) return ours('It names no program');
  if (dangerous && dashboard.context.settings.get('readOnly'))
    return ours('This is read-only: nothing is run that changes anything');
  const values = placesOf(dashboard);
  const missing = command
    .flatMap((word) => [...word.matchAll(PLACE)].map(([, place = '']) => place))
    .find((place) => !values[place]);
  if (missing === undefined) return null;
  return missing in values ? ours('Nothing is selected') : words`There is no {${visible(missing, { max: 20 })}}`;
}

/** Asks first where that is wanted. The terminal is the program's while it runs. */
export function runPlugin(dashboard: Dashboard, plugin: Plugin): void {
  const { shell } = dashboard;
  const because = noPluginBecause(plugin, dashboard);
  const filled = because === null ? filledIn(plugin, placesOf(dashboard)) : null;
  if (because !== null || filled === null) {
    shell.say(because ?? ours('What is selected begins with - and would be taken for an option. Nothing was run.'), 'warning');
    return;
  }
  const name = visible(plugin.name, { max: 40 });
  const onYes = () => {
    handTo(dashboard, filled).then(
      (ending) => shell.say(words`${name} has ended${ending}.`, ending === '' ? 'good' : 'warning'),
      (error: unknown) =>
        shell.say(words`${name} could not be started: ${visible(String((error as Error).message), { max: 100 })}`, 'bad'),
    );
  };
  if (!plugin.confirm) {
    onYes();
    return;
  }
  shell.open({
    kind: 'dialog',
    rows: 6,
    render: ({ width, height, close }) =>
      createElement(Confirm, {
        title: words`Run ${name}`,
        summary: plugin.dangerous ? ours('It changes something, as its owner says.') : ours('A program of your own.'),
        line: visible(filled.map(quoted).join(' '), { max: 1000 }),
        width,
        height,
        close,
        onYes,
      }),
  });
}

type Places = Readonly<Record<string, string>>;

function placesOf({ shell, api, context }: Dashboard): Places {
  const { selection } = shell.getState();
  return {
    id: selection?.value ?? '',
    name: selection?.label ?? '',
    kind: selection?.subject ?? '',
    screen: shell.place.screen,
    server: api.server,
    profile: context.settings.get('profile'),
  };
}

/** Each place stays within its word: no shell reads it. Null where a name that others chose would become an option. */
function filledIn({ command }: Plugin, values: Places): string[] | null {
  let isOption = false;
  const filled = command.map((word) => {
    const whole = word.replace(PLACE, (_, place: string) => (values[place] ?? '').replaceAll('\0', ''));
    isOption ||= whole.startsWith('-') && !word.startsWith('-');
    return whole;
  });
  return isOption ? null : filled;
}

const PLACE = /\{([a-z]+)\}/g;
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

async function handTo(dashboard: Dashboard, [program = '', ...args]: readonly string[]): Promise<Printable> {
  const { handOver, context } = dashboard;
  const values = Object.entries(placesOf(dashboard)).map(
    ([place, value]) => [`AIM_PLUGIN_${place.toUpperCase()}`, value] as const,
  );
  return handOver(async () => {
    // Ctrl-C ends the program, not the dashboard behind it.
    const listeners = process.listeners('SIGINT');
    const ignore = () => {};
    process.removeAllListeners('SIGINT').on('SIGINT', ignore);
    try {
      const child = spawn(program, args, {
        stdio: 'inherit',
        cwd: context.io.cwd,
        env: { ...context.io.env, ...Object.fromEntries(values) },
      });
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', resolve);
      });
      await anyKey(context.io.stdin as NodeJS.ReadStream, context.io.stdout);
      return code === 0 ? ours('') : words` with ${code ?? ours('a signal')}`;
    } finally {
      process.off('SIGINT', ignore);
      for (const listener of listeners) process.on('SIGINT', listener as NodeJS.SignalsListener);
    }
  });
}

/** What it printed is read before the screen comes back over it. */
async function anyKey(stdin: NodeJS.ReadStream, stdout: { write(text: string): unknown }): Promise<void> {
  if (!stdin.isTTY) return;
  stdout.write('\n[any key goes back to aim]');
  stdin.setRawMode(true);
  stdin.resume();
  await new Promise((resolve) => stdin.once('data', resolve));
  stdout.write('\n');
}
