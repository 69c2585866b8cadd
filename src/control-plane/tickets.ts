// How the ticket stands that an agent names: asked of a program or an address of the configuration, and told to the reviewer as its word.

import { answerOf } from './ask-outside.ts';
import { saidIn } from './rules/requester.ts';

/** `state` is null where it is not known; `problem` says why. */
export type TicketView = { id: string; state: string | null; problem: string | null };
export type Tickets = { of(context: Readonly<Record<string, unknown>>): Promise<TicketView | null> };

/** A reviewer waits for it. */
const PATIENCE = 2500;
const LONGEST = 2000;
const KEPT_FOR = 60_000;
const KEPT = 500;

/** `where` is null where nothing is configured: then nothing is asked, and nothing is said. */
export function createTickets(where: string | null, clock: () => number): Tickets {
  const kept = new Map<string, { at: number; view: Promise<TicketView> }>();
  return {
    async of(context) {
      const id = saidIn(context, 'ticket');
      if (where === null || id === null) return null;
      // What an agent wrote goes to another program: as a name, or not at all.
      if (!TICKET.test(id)) return { id: id.slice(0, 100), state: null, problem: 'it has not the form of a ticket' };
      const before = kept.get(id);
      if (before !== undefined && clock() - before.at < KEPT_FOR) return before.view;
      const view = look(where, id);
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
      kept.set(id, { at: clock(), view });
      return view;
    },
  };
}

async function look(where: string, id: string): Promise<TicketView> {
  try {
    const state = stateIn(await answerOf({ where, word: id, patience: PATIENCE, longest: LONGEST }));
    return state === '' ? { id, state: null, problem: 'it is not known there' } : { id, state, problem: null };
  } catch {
    return { id, state: null, problem: 'whoever should know it did not answer' };
  }
}

/** Text whose first line says it, or JSON with it as `state` or `status`. */
function stateIn(said: string): string {
  let text = said.split('\n')[0] ?? '';
  try {
    const parsed = JSON.parse(said) as { state?: unknown; status?: unknown } | string | null;
    const state = typeof parsed === 'object' ? (parsed?.state ?? parsed?.status) : parsed;
    text = typeof state === 'string' ? state : '';
  } catch {
    // plain text
  }
  return text.trim().slice(0, 80);
}

/** No blank, no quote, no scheme, no way upwards, and nothing that a program could take for an option. */
const TICKET = /^(?!.*\.\.)[A-Za-z0-9#][A-Za-z0-9#_./-]{0,63}$/;
