// Fetches an agent's card: from outside only, without redirects, no more than a card can be, and checked before it is kept.

import { type AgentCard, readAgentCard } from '../../a2a/read-agent-card.ts';
import { askOutside } from '../outside.ts';
import { Refusal } from '../refusal.ts';
import { checkJson } from '../strict-json.ts';

const LARGEST = 1024 * 1024;

/** @throws Refusal 400 or 422 in words where it cannot be fetched. */
export async function fetchCard(address: string, allowInside: boolean): Promise<string> {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new Refusal(400, 'invalidRequest', 'cardUrl: is no web address', { field: 'cardUrl' });
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Refusal(400, 'invalidRequest', 'cardUrl: must be http or https, without a name and password', {
      field: 'cardUrl',
    });
  try {
    return await askOutside(url, { allowInside, largest: LARGEST });
  } catch (error) {
    throw new Refusal(422, 'cardNotFetched', `The card could not be fetched: ${(error as Error).message}`);
  }
}

/** The card in a text. @throws Refusal 422 where it is none, or says to be another agent's. */
export function readCard(text: string, agentId: string): AgentCard {
  let card: AgentCard;
  try {
    const parsed: unknown = JSON.parse(text, (key, member: unknown) => (key === '__proto__' ? undefined : member));
    checkJson(text);
    card = readAgentCard(parsed);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      422,
      'invalidCard',
      error instanceof SyntaxError ? 'The card is not valid JSON' : (error as Error).message,
    );
  }
  const { aim } = card as { aim?: { agentId?: unknown } };
  if (typeof aim?.agentId === 'string' && aim.agentId !== agentId)
    throw new Refusal(422, 'cardOfAnotherAgent', 'This card is another agent’s');
  return card;
}
