// An agent card from where somebody says it is: a file, its own address, or the well-known one of an agent.

import { UsageError } from '../../src/errors.ts';
import { refusal } from '../../src/http/refusal.ts';
import { version } from '../../src/version.ts';
import type { ActionContext } from '../action.ts';
import { readFileArgument } from '../read-options.ts';

/** What is there, parsed. No credentials are sent, and no redirect is followed. */
export async function fetchCard(source: string, { io, settings, signal }: ActionContext): Promise<unknown> {
  if (!/^https?:\/\//.test(source)) return parsed(await readFileArgument(source, 'a2a verify', io), source);
  const url = new URL(source);
  if (!url.pathname.endsWith('.json')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/.well-known/agent-card.json`;
  const { reachWith } = await import('../connection.ts');
  const transport = reachWith(settings, io)(url.origin);
  try {
    const headers = { accept: 'application/json', 'user-agent': `aim-terminal/${version}` };
    const timeoutMs = settings.get('timeoutSeconds') * 1000;
    const answer = await transport.send({ method: 'GET', url, headers, body: '', timeoutMs, maxBytes: LARGEST, signal });
    if (answer.status >= 300) throw refusal({ ...answer, body: answer.text, subject: 'card', server: url.origin });
    return parsed(answer.text, url.href);
  } finally {
    transport.close();
  }
}

const LARGEST = 1024 * 1024;

function parsed(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('a2a.card', {
      message: `${source} is no JSON.`,
      next: 'A card is at /.well-known/agent-card.json of its agent.',
      cause,
    });
  }
}
