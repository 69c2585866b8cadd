// The words of the line interface itself: lists with numbers, opening by number, deciding, following. Verbs of the registry come behind them.

import type { Action } from '../../commands/action.ts';
import type { Api } from '../../src/http/api.ts';
import type { Approvals } from '../../src/state/approvals/create-approvals.ts';
import type { PressedKey } from '../../src/state/approvals/press.ts';
import { isWaiting } from '../../src/state/approvals/queue.ts';
import type { DashboardState } from '../../src/state/dashboard-state.ts';
import { parseFilter } from '../../src/state/filter.ts';
import { isDown } from '../../src/state/link.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
import type { VerificationId } from '../../src/wire/scalars.ts';
import type { Decision } from './decision.ts';
import { agentDetail, eventDetail } from './details.ts';
import { follow } from './follow.ts';
import type { LineSource, TypedLine } from './line-source.ts';
import type { Printer } from './printer.ts';
import { agentSentence, eventSentence, linkSentence, requestSentence } from './sentences.ts';

export type PlainSurroundings = {
  state: DashboardState;
  approvals: Approvals;
  decision: Decision;
  printer: Printer;
  lines: LineSource;
  registry: readonly Action[];
  api: Api;
  signal: AbortSignal;
  /** Only a person at a terminal decides: what is piped in has nobody behind it. */
  mayDecide: boolean;
  now(): number;
  quit(): void;
};

export type PlainCommands = {
  /** False where the line is none of these words. */
  take(line: TypedLine): Promise<boolean>;
  overview(): Printable[];
};

/** What a number of the last list opens. */
type Listed = { kind: 'agent' | 'request' | 'event'; id: string };

export function plainCommands(surroundings: PlainSurroundings): PlainCommands {
  const { state, approvals, decision, printer, lines, registry, api, signal, mayDecide, now, quit } = surroundings;
  let listed: readonly Listed[] = [];

  const list = (title: Printable, rows: readonly (Listed & { words: Printable })[], empty: Printable) => {
    listed = rows.slice(0, MOST);
    printer.say(
      rows.length === 0 ? empty : title,
      ...rows.slice(0, MOST).map(({ words }, index) => say2(`${index + 1}. `, words)),
      ...(rows.length > MOST
        ? [say`and ${counted(rows.length - MOST, 'more')}; words behind the list filter it, as: agents suspended`]
        : []),
    );
  };
  const keep = (filter: string, words: Printable) =>
    parseFilter(filter, { now: now() }).filter.matches({ text: words, field: () => undefined });
  /** Said as of now only while something is heard. */
  const waitingWords = (many: number, of = ''): Printable =>
    isDown(state.link.getState())
      ? say`${counted(many, 'request', 'requests')} waited${of} when the server last answered.`
      : say`${counted(many, 'request waits', 'requests wait')}${of}.`;
  const waiting = () => approvals.get().queue.rows.filter(isWaiting);

  const overview = (): Printable[] => {
    const agents = state.agents.getState();
    const alerts = state.alerts.getState().items.filter(({ isAcknowledged }) => !isAcknowledged).length;
    const many = waiting().length;
    const problem = approvals.problem;
    return [
      problem !== null ? say`Requests are not known: ${problem}` : waitingWords(many, ' for a decision'),
      agents.phase === 'failed'
        ? say`Agents are not known: ${agents.error?.message ?? ''}`
        : say`${counted(agents.items.length, 'agent')}, ${counted(alerts, 'open alert')}.`,
      linkSentence(state.link.getState(), now()),
    ];
  };
  const listAgents = (filter: string) => {
    const { items, phase, error } = state.agents.getState();
    if (phase === 'failed') return printer.say(say`Agents are not known: ${error?.message ?? ''}`);
    const rows = items
      .map((agent) => ({ kind: 'agent' as const, id: agent.id, words: agentSentence(agent) }))
      .filter(({ words }) => keep(filter, words));
    list(
      counted(rows.length, 'agent'),
      rows,
      filter === '' ? ours('No agents yet: one appears when it first calls secure().') : ours('No agent matches.'),
    );
  };
  const listRequests = (filter: string) => {
    if (approvals.problem !== null) return printer.say(say`Requests are not known: ${approvals.problem}`);
    const rows = waiting()
      .map(({ request, id }) => ({
        kind: 'request' as const,
        id,
        words: requestSentence(request, approvals.verdictFor(request), now()),
      }))
      .filter(({ words }) => keep(filter, words));
    list(
      waitingWords(rows.length),
      rows,
      filter !== ''
        ? ours('No request matches.')
        : isDown(state.link.getState())
          ? ours('Nothing waited for a decision when the server last answered.')
          : ours('Nothing waits for a decision.'),
    );
    return approvals.dispatch({ kind: 'tidied' });
  };
  const listEvents = async (filter: string) => {
    const { items } = await api.events.list({ limit: 50, signal });
    const rows = items
      .map((event) => ({ kind: 'event' as const, id: event.id, words: eventSentence(event) }))
      .filter(({ words }) => keep(filter, words));
    list(say`${counted(rows.length, 'event')}, the newest first`, rows, ours('No events yet.'));
  };
  const open = async (reference: string) => {
    const found = listed[Number(reference) - 1] ?? referred(reference);
    if (!found) return printer.say(say`There is no ${reference} in the last list.`);
    if (found.kind === 'request') return decision.open(found.id as VerificationId);
    if (found.kind === 'event')
      return printer.say(...eventDetail(await api.events.get(found.id as VerificationId, { signal })));
    const agent = state.agents.getState().items.find(({ id }) => id === found.id);
    return agent ? printer.say(...agentDetail(agent)) : printer.say(ours('It is no longer there.'));
  };
  const referred = (text: string): Listed | undefined => {
    const request = waiting().find(({ id }) => id === text || (text.length >= 4 && id.startsWith(text)));
    if (request) return { kind: 'request', id: request.id };
    const agent = state.agents.getState().items.find(({ id, name }) => id === text || name === text);
    return agent && { kind: 'agent', id: agent.id };
  };
  const decide = async (key: PressedKey, reference: string, line: TypedLine) => {
    if (!mayDecide)
      return printer.say(ours('Nobody is at this terminal: what is piped in decides nothing. aim approvals approve does.'));
    // Named but not read yet: it is read out first, and the word is typed again.
    if (reference !== '' && (listed[Number(reference) - 1] ?? referred(reference))?.id !== decision.openId)
      return open(reference);
    return decision.press(key, line);
  };
  const deny = async (rest: string, line: TypedLine) => {
    if (!mayDecide) return decide('deny', '', line);
    const [, reference = '', reason = rest] = /^(\d+)\s*(.*)$/s.exec(rest) ?? [];
    if (reference !== '' && listed[Number(reference) - 1]?.id !== decision.openId) return open(reference);
    return decision.deny(reason.trim(), line);
  };

  const leaveOpen = () => {
    if (decision.openId === null) return printer.say(...overview());
    decision.close();
    printer.say(ours('Left as it is.'));
  };

  const words: Record<string, { help: string; run(rest: string, line: TypedLine): unknown }> = {
    overview: { help: 'what needs you now, and how the link stands', run: () => printer.say(...overview()) },
    agents: { help: 'agents with numbers; words behind it filter, as: agents suspended', run: listAgents },
    approvals: { help: 'the requests that wait, the oldest first, with numbers', run: listRequests },
    events: { help: 'the latest events, with numbers', run: listEvents },
    follow: { help: 'read out events as they happen, until Enter; words behind it filter', run: (rest) => follow({ state, printer, lines, keep: (text) => keep(rest, text) }) },
    open: { help: 'open N reads out number N of the last list; N alone does the same', run: open },
    approve: { help: 'begin to approve the request that is open; confirm is the second step', run: (rest, line) => decide('approve', rest, line) },
    confirm: { help: 'the second step of an approval', run: (_, line) => decide('confirm', '', line) },
    deny: { help: 'deny REASON denies the request that is open', run: deny },
    comment: { help: 'say something to the other reviewers', run: (_, line) => decide('comment', '', line) },
    escalate: { help: 'ask for more eyes on the request that is open', run: (_, line) => decide('escalate', '', line) },
    next: {
      help: 'open the request that has waited longest',
      run: () => {
        const next = waiting().find(({ id }) => id !== decision.openId);
        return next ? decision.open(next.id) : printer.say(ours('Nothing else waits.'));
      },
    },
    back: { help: 'leave the request that is open as it is', run: leaveOpen },
    refresh: { help: 'fetch everything again', run: async () => { state.refresh(); await Promise.all([state.agents.refresh(), approvals.refresh()]); printer.say(...overview()); } },
    help: { help: 'this list; help verbs lists every verb of aim', run: (rest) => printer.say(...(rest === 'verbs' ? verbLines() : helpLines())) },
    quit: { help: 'leave', run: quit },
  }; // biome-ignore format: one table
  // The keys of the dashboard, for hands and sentences that know them.
  const keys: Record<string, string> = {
    a: 'approve',
    p: 'confirm',
    d: 'deny',
    n: 'next',
    q: 'quit',
    exit: 'quit',
    '?': 'help',
  };
  const rarely: Record<string, PressedKey> = { U: 'approve-unproven', K: 'accept-key' };

  const helpLines = (): Printable[] => [
    ours('Type a word and Enter.'),
    ...Object.entries(words).map(([word, { help }]) => say`${word}: ${help}`),
    ours('U: begin to approve what is not proven. K: accept the new key of an agent.'),
    ours('Every verb of aim works here too, as on the command line, without aim before it: help verbs lists them.'),
  ];
  const verbLines = (): Printable[] =>
    registry
      .filter(({ commandLineOnly }) => !commandLineOnly)
      .map(({ id, summary }) => say`${id.replaceAll('.', ' ')}: ${summary}`);

  return {
    overview,
    async take(line) {
      const text = line.text.trim();
      if (/^\d+$/.test(text)) {
        await open(text);
        return true;
      }
      const rare = Object.hasOwn(rarely, text) ? rarely[text] : undefined;
      if (rare) {
        await decide(rare, '', line);
        return true;
      }
      const [first = '', ...rest] = text.split(/\s+/);
      const name = Object.hasOwn(keys, first) ? (keys[first] ?? first) : first;
      const word = Object.hasOwn(words, name) ? words[name] : undefined;
      // `agents suspend NAME` is a verb; `agents suspended` is a list that is filtered.
      if (!word || registry.some(({ id }) => id.includes('.') && `${text} `.startsWith(`${id.replaceAll('.', ' ')} `)))
        return false;
      await word.run(rest.join(' '), line);
      return true;
    },
  };
}

const MOST = 50;
const say2 = (number: string, words: Printable): Printable => `${number}${words}` as Printable;
