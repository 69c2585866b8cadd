// Fetches an agent's card: from outside only, without redirects, no more than a card can be, and checked before it is kept.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AgentCard, readAgentCard } from '../../a2a/read-agent-card.ts';
import { Refusal } from '../refusal.ts';
import { checkJson } from '../strict-json.ts';
import { callableAddress } from '../webhooks/address.ts';

const LARGEST = 1024 * 1024;
const TIMEOUT = 10_000;

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
    return await get(url, await callableAddress(url, allowInside));
  } catch (error) {
    throw new Refusal(422, 'cardNotFetched', `The card could not be fetched: ${(error as Error).message}`);
  }
}

function get(url: URL, { address, family }: { address: string; family: number }): Promise<string> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = send(
      url,
      {
        signal: AbortSignal.timeout(TIMEOUT),
        agent: false,
        headers: { Accept: 'application/json', 'User-Agent': 'aim-terminal' },
        lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        if (response.statusCode !== 200) {
          reject(new Error(`it answered ${response.statusCode}`));
          response.destroy();
          return;
        }
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          chunks.push(chunk);
          if (length > LARGEST) response.destroy(new Error('it is larger than 1 MiB'));
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end();
  });
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
