// Signing in again where one is: the terminal is lent to the sign-in, and the same server is gone to anew with what came of it.

import { createElement } from 'react';
import type { Action } from '../../commands/action.ts';
import { Interrupted } from '../../commands/interruption.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { errorLine } from '../actions/error-line.ts';
import { execute } from '../actions/execute.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { words } from '../words.ts';
import { Chooser } from './chooser.tsx';
import { fuzzySort } from './fuzzy.ts';
import type { OverlayProps } from './shell.ts';

/** Null where it can be done here. */
export function noSignInBecause({ contexts, registry, signInEndsAt, isEmbedded }: Dashboard): Printable | null {
  if (isEmbedded) return ours('The control plane of this machine knows you without a sign-in');
  if (!contexts || !signInEndsAt || !registry.some(({ id }) => id === LOGIN))
    return ours('This sign-in was given from outside');
  return null;
}

export function openSignIn({ shell }: Pick<Dashboard, 'shell'>): void {
  shell.open({ kind: 'dialog', rows: ways.length + 2, render: (props) => createElement(ChooseWay, props) });
}

type Way = { label: Printable; hint: Printable; options(email: string): Readonly<Record<string, unknown>> };

const ways: readonly Way[] = [
  { label: ours('browser'), hint: ours('the sign-in page of the server; over SSH a code for another device'), options: () => ({}) },
  { label: ours('device'), hint: ours('a code to enter on another device'), options: () => ({ device: true }) },
  { label: ours('password'), hint: ours('asked for in this terminal, and not shown'), options: (email) => ({ email }) },
]; // biome-ignore format: one table

function ChooseWay({ width, height, close }: OverlayProps) {
  const dashboard = useDashboard();
  return createElement(Chooser<Way>, {
    name: 'sign-in',
    prompt: ours('sign in with: '),
    entriesFor: (typed) => fuzzySort(ways, typed, ({ label }) => label),
    rowOf: ({ label, hint }) => ({
      left: [ours(' '), { text: label, tone: 'strong' }],
      right: [{ text: hint, tone: 'muted' }],
    }),
    onChoose: (_, way) => {
      close();
      if (way) void signInAgain(dashboard, way);
    },
    onCancel: close,
    width,
    height,
  });
}

async function signInAgain(dashboard: Dashboard, way: Way): Promise<void> {
  const { registry, context, contexts, shell, api, account, handOver } = dashboard;
  const action = registry.find(({ id }) => id === LOGIN) as Action;
  const { settings } = context;
  const { server } = api;
  // To the server that is on the screen, whatever the settings say of another by now.
  const here: typeof settings = {
    ...settings,
    get: (key) => (key === 'server' ? (server as never) : settings.get(key)),
    explain: (key) =>
      key === 'server' ? { value: server, layer: 'flag', source: 'the dashboard', others: [] } : settings.explain(key),
  };
  const options = way.options(account.email);
  try {
    await handOver(() => {
      const whose = words`Signing in to ${visible(server, { max: 200 })}, until now as ${visible(account.email, { max: 100 })}.`;
      context.io.stderr.write(`\n${whose} ctrl-c goes back.\n`);
      return untilCtrlC(context, (signal) =>
        execute({ action, args: {}, options }, { settings: here, signal, api, io: { ...context.io, mayAsk: true } }),
      );
    });
    await contexts?.switchTo(contexts.current);
  } catch (error) {
    shell.say(errorLine(error), 'bad');
  }
}

/** As a key, not as the signal: that would end the dashboard as well. A password that is asked for reads the key itself. */
async function untilCtrlC<Result>(
  { io, signal }: Pick<Dashboard['context'], 'io' | 'signal'>,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stdin = io.stdin as NodeJS.ReadStream;
  const given = new AbortController();
  const read = (chunk: string | Buffer) => {
    if (chunk.toString().includes('\u0003')) given.abort(new Interrupted());
  };
  stdin.setRawMode?.(true);
  stdin.on('data', read);
  stdin.resume();
  try {
    return await work(AbortSignal.any([signal, given.signal]));
  } finally {
    stdin.off('data', read);
  }
}

const LOGIN = 'login';
