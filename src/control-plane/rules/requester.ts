// What policy wants of whoever asks before a person is bothered: a reason, a ticket. Without it nobody is asked.

export const requesterWords = ['reason', 'ticket'] as const;
export type RequesterWord = (typeof requesterWords)[number];

export type RequesterRule = { gives: readonly RequesterWord[]; prompt: string | null };

/** Why nobody is asked, in words for whoever wrote the agent; or null. */
export function whyNotAsked({ gives, prompt }: RequesterRule, context: Readonly<Record<string, unknown>>): string | null {
  const missing = gives.find((word) => saidIn(context, word) === null);
  if (missing === undefined) return null;
  const what = missing === 'reason' ? 'A reason (context.reason)' : 'A ticket (context.ticket)';
  return `${what} must come with this request, or nobody is asked${prompt === null ? '' : `: ${prompt}`}`;
}

/** The words of the agent for it; null where there are none, or only blanks. */
export function saidIn(context: Readonly<Record<string, unknown>>, word: RequesterWord): string | null {
  for (const name of MEMBERS[word]) {
    const value = context[name];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (/[\p{L}\p{N}]/u.test(text)) return text;
  }
  return null;
}

const MEMBERS: Record<RequesterWord, readonly string[]> = {
  reason: ['reason', 'justification', 'purpose', 'explanation'],
  ticket: ['ticket', 'ticket_id', 'ticketId', 'ticket_url', 'ticketUrl'],
};
