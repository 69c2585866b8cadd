// Actions that go on (the demo, a tail) while the operator does other things: their latest line is a message, their end is awaited.

import type { Action } from '../../commands/action.ts';
import { cellText } from '../../commands/output/cell.ts';
import type { View } from '../../commands/output/view.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { own, words } from '../words.ts';
import { errorLine } from './error-line.ts';
import { type Execution, stream } from './execute.ts';

export type BackgroundRuns = {
  start(execution: Execution): void;
  isRunning(id: string): boolean;
  /** The latest line of each, for those who show them. */
  running(): readonly { id: string; line: Printable }[];
  stop(id: string): void;
  /** Asks all to end and waits for them, but no longer than a person waits at quit. */
  end(): Promise<void>;
};

export function createBackgroundRuns(dashboard: () => Dashboard): BackgroundRuns {
  const runs = new Map<string, { abort: AbortController; ended: Promise<void>; line: Printable }>();

  const consume = async (execution: Execution, abort: AbortController) => {
    const { action } = execution;
    const { shell, context, clock } = dashboard();
    const own_ = { ...Object.getOwnPropertyDescriptors(context), signal: { value: abort.signal, enumerable: true } };
    const aborting = Object.defineProperties({}, own_) as typeof context;
    try {
      for await (const item of stream(execution, aborting)) {
        const run = runs.get(action.id);
        const line = lineOf(action, item);
        if (run) run.line = line;
        shell.mention(line);
        clock.changed();
      }
      shell.say(words`aim ${own(action.id.replaceAll('.', ' '))} has ended.`);
    } catch (error) {
      if (!abort.signal.aborted) shell.say(errorLine(error), 'bad');
    } finally {
      runs.delete(action.id);
    }
  };

  return {
    start(execution) {
      const { id } = execution.action;
      const { shell } = dashboard();
      if (runs.has(id)) {
        shell.say(words`aim ${own(id.replaceAll('.', ' '))} is running already.`);
        return;
      }
      const abort = new AbortController();
      const line = words`Starting aim ${own(id.replaceAll('.', ' '))}…`;
      const run = { abort, line, ended: Promise.resolve() };
      runs.set(id, run);
      shell.say(line);
      run.ended = consume(execution, abort);
    },
    isRunning: (id) => runs.has(id),
    running: () => [...runs].map(([id, { line }]) => ({ id, line })),
    stop: (id) => runs.get(id)?.abort.abort(),
    async end() {
      const ends = [...runs.values()].map(({ abort, ended }) => {
        abort.abort();
        return ended;
      });
      const longest = new Promise<void>((resolve) => setTimeout(resolve, LONGEST).unref());
      await Promise.race([Promise.allSettled(ends), longest]);
    },
  };
}

const LONGEST = 3000;

function lineOf(action: Action, item: unknown): Printable {
  const view = ('line' in action ? action.line : undefined) as View<unknown> | undefined;
  if (view?.kind === 'text') {
    const cells = view.lines(item)[0] ?? [];
    return cells
      .map((cell) => (cell === null || cell === undefined ? '' : typeof cell === 'string' ? visible(cell) : String(cell)))
      .join('') as Printable;
  }
  if (view?.kind === 'record')
    return view.fields.map((field) => cellText(field, item, { for: 'people', now: Date.now() })).join('  ') as Printable;
  return ours('');
}
