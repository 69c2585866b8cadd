// The dashboard in lines: for screen readers, for TERM=dumb, for a terminal that can do nothing but print.

import type { Action, ActionContext } from '../../commands/action.ts';
import { AIMError, ExitCode, UsageError } from '../../src/errors.ts';
import type { Api } from '../../src/http/api.ts';
import { waitingCount } from '../../src/state/approvals/queue.ts';
import { createDashboardState } from '../../src/state/dashboard-state.ts';
import { createFrameClock } from '../../src/state/frame-clock.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { chooseGlyphs } from '../../src/text/glyphs.ts';
import { counted, say } from '../../src/text/say.ts';
import type { Account } from '../../src/wire/session.ts';
import { makeApprovals } from '../approvals/approvals-store.ts';
import { environmentOf } from '../shell/environment.ts';
import { createDecision } from './decision.ts';
import { createLineSource, type TypedLine } from './line-source.ts';
import { plainCommands } from './plain-commands.ts';
import { type VerbRun, verbRun } from './plain-verbs.ts';
import { createPrinter } from './printer.ts';
import { linkSentence } from './sentences.ts';

export type RunPlainOptions = {
  context: ActionContext;
  registry: readonly Action[];
  api: Api;
  account: Account;
  server: string;
  embedded: boolean;
  now?: () => number;
};

/** @returns when the person quits, or the input ends. */
export async function runPlain({
  context: outer,
  registry,
  api,
  account,
  server,
  embedded,
  now = Date.now,
}: RunPlainOptions): Promise<number> {
  const { settings, io } = outer;
  // Screen readers read Unicode signs aloud by their names.
  chooseGlyphs('ascii');
  const closing = new AbortController();
  const context: ActionContext = {
    settings,
    io: { ...io, mayAsk: false },
    signal: AbortSignal.any([outer.signal, closing.signal]),
    api,
  };
  const clock = createFrameClock({ now });
  const state = createDashboardState({ api: () => api, clock, now });
  const approvals = makeApprovals({ api, account, state, clock, context, now });
  const printer = createPrinter(io.stdout);
  const lines = createLineSource(io.stdin, now);
  const width = Math.max(40, Math.min(io.stdout.columns ?? 80, 200));
  const decision = createDecision({ approvals, printer, width });
  let confirming: { run: VerbRun; word: string } | null = null;
  let hasQuit = false;
  // Said already: what the overview counted, or the last announcement.
  let waitingWas = -1;
  const commands = plainCommands({
    state, approvals, decision, printer, lines, now, api, registry,
    signal: context.signal,
    mayDecide: io.stdin.isTTY === true,
    quit: () => {
      hasQuit = true;
    },
  }); // biome-ignore format: one table

  const stopItems = state.onItem((item) => approvals.take(item));
  const stopRefresh = state.onRefresh(() => void approvals.refresh());
  const stopWatching = announceChanges();
  const stop = () => lines.end();
  outer.signal.addEventListener('abort', stop, { once: true });

  const { word } = environmentOf({ server, profile: settings.get('profile'), embedded });
  printer.say(
    say`aim, in lines. ${word}, ${api.server}, signed in as ${account.email}, ${account.role}.`,
    ours('help says what can be typed. Nothing is sent before Enter.'),
  );
  const following = state.follow(context.signal).catch((error: unknown) => printer.announce(sentenceOf(error)));
  try {
    await Promise.all([state.agents.refresh(), approvals.refresh()]);
    printer.say(...commands.overview());
    waitingWas = waitingCount(approvals.get().queue);
    while (!hasQuit) {
      printer.prompt(ours('aim> '));
      const line = await lines.next();
      if (line === null || outer.signal.aborted) break;
      await take(line).catch((error: unknown) => printer.say(sentenceOf(error)));
    }
  } finally {
    outer.signal.removeEventListener('abort', stop);
    closing.abort();
    stopWatching();
    stopItems();
    stopRefresh();
    approvals.stop();
    clock.stop();
    lines.close();
    await following;
  }
  printer.say(ours(''));
  return outer.signal.aborted && outer.signal.reason instanceof AIMError ? outer.signal.reason.exitCode : ExitCode.Ok;

  async function take(line: TypedLine): Promise<void> {
    if (confirming) {
      const { run, word: wanted } = confirming;
      confirming = null;
      if (line.text.trim() !== wanted || !line.lone) return printer.say(ours('Nothing was done.'));
      return run.run(context.signal);
    }
    if (decision.answer(line)) return;
    if (line.text.trim() === '') return;
    if (await commands.take(line)) return;
    const verb = verbRun(line.text.trim(), {
      registry,
      context,
      account,
      features: state.features.getState().features,
      printer,
      width,
    });
    if (verb === null) {
      throw new UsageError('plain.unknown', {
        message: `There is no ${JSON.stringify(line.text.trim().split(/\s/)[0])} here.`,
        next: 'help says what there is.',
      });
    }
    if (typeof verb === 'string') return printer.say(verb);
    if (verb.confirm) {
      confirming = { run: verb, word: verb.confirm.word };
      return printer.say(verb.confirm.question);
    }
    return verb.run(context.signal);
  }

  /** What changes while nobody asks: the link, new requests, and what was decided. Each is said once. */
  function announceChanges(): () => void {
    let linkWas: string | null = null;
    return clock.subscribe(() => {
      decision.changed();
      const link = state.link.getState();
      const stands = `${link.link.state}${link.embedded}`;
      if (linkWas !== null && stands !== linkWas) printer.announce(linkSentence(link, now()));
      // The first state is in the overview.
      if (link.link.state !== 'connecting') linkWas = stands;
      const { queue } = approvals.get();
      const waiting = waitingCount(queue);
      if (queue.isKnown && waitingWas !== -1 && waiting > waitingWas)
        printer.announce(
          say`${counted(waiting - waitingWas, 'new request')}: ${counted(waiting, 'waits', 'wait')} now. approvals lists them.`,
        );
      if (queue.isKnown && waitingWas !== -1) waitingWas = waiting;
    });
  }
}

function sentenceOf(error: unknown): Printable {
  if (!(error instanceof AIMError)) throw error;
  return say`${error.message}${error.next === undefined ? '' : ` ${error.next}`}`;
}
