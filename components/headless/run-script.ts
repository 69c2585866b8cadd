// Takes the steps of a script in the real dashboard, one after the other, each when the screen has taken in the one before.

import { writeFile } from 'node:fs/promises';
import { AIMError, ExitCode, RemoteError, UsageError } from '../../src/errors.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { readLine } from '../shell/palette-line.ts';
import { verbOf } from '../shell/verb-of.ts';
import { bytesOf } from '../terminal/key-bytes.ts';
import type { Looked, Step } from './parse-script.ts';
import { quiet } from './quiet.ts';
import { type SnapshotKind, snapshotOf } from './snapshot.ts';
import type { VirtualTerminal } from './virtual-terminal.ts';

export type ScriptSurroundings = {
  terminal: VirtualTerminal;
  dashboard: Dashboard;
  signal: AbortSignal;
  /** How long a step waits for what it wants to see. Seconds. */
  patience: number;
  print(text: string): void;
};

/** @throws AIMError that names the line, what was expected, and the screen as it was. */
export async function runScript(steps: readonly Step[], surroundings: ScriptSurroundings): Promise<void> {
  for (const step of steps) {
    try {
      await take(step, surroundings);
    } catch (error) {
      if (!(error instanceof AIMError)) throw error;
      throw new UsageError(error.code, {
        message: `Line ${step.line} (${step.source.slice(0, 100)}): ${error.message}`,
        next: error.next,
        exitCode: error.exitCode,
        cause: error,
      });
    }
    if (step.do === 'quit') return;
  }
}

async function take(step: Step, surroundings: ScriptSurroundings): Promise<void> {
  const { terminal, dashboard, patience } = surroundings;
  switch (step.do) {
    case 'press':
      for (const key of step.keys) await send(bytesOf(key) ?? '', surroundings);
      return;
    case 'type':
      for (const { segment } of new Intl.Segmenter().segment(step.text)) await send(segment, surroundings);
      return;
    case 'paste':
      return send(`\u001b[200~${step.text}\u001b[201~`, surroundings);
    case 'use':
      return use(step.text, surroundings);
    case 'click':
      return click(step.text, surroundings);
    case 'run':
      return run(step.text, surroundings);
    case 'go':
      if (!dashboard.screens.some(({ id }) => id === step.screen)) {
        throw missing(`there is no screen ${step.screen}; there are ${dashboard.screens.map(({ id }) => id).join(', ')}.`);
      }
      dashboard.shell.jump(step.screen as Dashboard['screens'][number]['id'], step.of);
      return settled(surroundings);
    case 'size':
      terminal.resize(step.columns, step.rows);
      return settled(surroundings);
    case 'wait':
      return waitFor(step.looked, step.seconds ?? patience, surroundings);
    case 'expect':
      await settled(surroundings);
      if (!holds(step.looked, terminal)) throw unseen(step.looked, terminal);
      return;
    case 'pause':
      return pause(step.seconds * 1000, surroundings.signal);
    case 'snapshot':
      return snapshot(step.path, surroundings);
    case 'quit':
      dashboard.quit();
  }
}

async function use(id: string, surroundings: ScriptSurroundings): Promise<void> {
  const { dashboard } = surroundings;
  const live = dashboard.keyboard.live();
  const binding = live.find((candidate) => candidate.id === id);
  if (!binding) throw missing(`no key means ${id} here; there are ${live.map((candidate) => candidate.id).join(', ')}.`);
  if (binding.disabled) throw missing(`${id} cannot be used now: ${binding.disabled}.`);
  await send(bytesOf(binding.keys[0] ?? '') ?? '', surroundings);
}

async function click(id: string, surroundings: ScriptSurroundings): Promise<void> {
  const widgets = surroundings.dashboard.areas.list();
  const widget =
    widgets.find((candidate) => candidate.id === id) ?? widgets.find((candidate) => candidate.id.startsWith(`${id}/`));
  if (!widget)
    throw missing(`there is no widget ${id} on the screen; there are ${widgets.map((candidate) => candidate.id).join(', ')}.`);
  const column = widget.column + Math.floor(widget.columns / 2) + 1;
  const row = widget.row + Math.floor(widget.rows / 2) + 1;
  await send(`\u001b[<0;${column};${row}M\u001b[<0;${column};${row}m`, surroundings);
}

async function run(line: string, surroundings: ScriptSurroundings): Promise<void> {
  const { dashboard } = surroundings;
  const verb = verbOf(line, dashboard.registry);
  if (!verb) throw missing(`there is no verb in ${JSON.stringify(line)} that the palette has.`);
  const { args, options } = await readLine(line, verb.action);
  dashboard.run(verb.action.id, {}, args, options);
  await settled(surroundings);
}

async function snapshot(path: string | null, surroundings: ScriptSurroundings): Promise<void> {
  const { terminal, dashboard, print } = surroundings;
  await settled(surroundings);
  const ending = path?.split('.').at(-1);
  const kind: SnapshotKind = ending === 'svg' || ending === 'json' ? ending : 'text';
  const picture = snapshotOf(kind, terminal, dashboard);
  if (path === null) print(picture);
  else await writeFile(path, picture);
}

async function send(bytes: string, surroundings: ScriptSurroundings): Promise<void> {
  surroundings.terminal.send(bytes);
  // A lone escape is the key only when nothing followed it for a while.
  if (bytes === '\u001b') await pause(ESCAPE, surroundings.signal);
  await settled(surroundings);
}

async function waitFor(looked: Looked, seconds: number, surroundings: ScriptSurroundings): Promise<void> {
  const { terminal, signal } = surroundings;
  for (const end = performance.now() + seconds * 1000; !holds(looked, terminal); await pause(LOOK, signal)) {
    await terminal.drained();
    if (performance.now() > end && !holds(looked, terminal)) throw unseen(looked, terminal, seconds);
  }
}

/** A screen that never rests is taken as it is after a while. */
export const settled = ({ terminal, dashboard, signal }: Pick<ScriptSurroundings, 'terminal' | 'dashboard' | 'signal'>) =>
  quiet(terminal, dashboard, { look: LOOK, patience: RESTLESS, signal });

const ESCAPE = 50;
const LOOK = 20; // milliseconds; Ink holds a frame back for 17
const RESTLESS = 1000;

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function holds({ pattern, isGone }: Looked, terminal: VirtualTerminal): boolean {
  const text = terminal.rows().join('\n');
  return (typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)) !== isGone;
}

function unseen({ pattern, isGone }: Looked, terminal: VirtualTerminal, seconds?: number): AIMError {
  const waited = seconds === undefined ? '' : ` for ${seconds} s`;
  return new RemoteError('script.not-seen', {
    message: `the screen ${isGone ? 'still shows' : 'did not show'} ${pattern}${waited}. It shows:\n${terminal.rows().join('\n').trimEnd()}`,
    exitCode: seconds === undefined ? ExitCode.Failure : ExitCode.Timeout,
  });
}

const missing = (message: string) => new UsageError('script.missing', { message, exitCode: ExitCode.Failure });
