// Sends one message over one channel. Whoever calls decides when, how often, and to whom.

import { createHmac } from 'node:crypto';
import type { Channel } from './channels.ts';
import type { Message } from './message.ts';

const PATIENCE = 10_000;

export type Delivery = { to?: string | null; signal?: AbortSignal };

/** @throws Error whose message names a status or a code, and never an address or a secret. */
export async function send(channel: Channel, message: Message, { to = null, signal }: Delivery = {}): Promise<void> {
  const limit = AbortSignal.timeout(PATIENCE);
  const ends = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  if (channel.type === 'smtp') {
    const { sendMail } = await import('./smtp.ts');
    return sendMail(channel, message, to ?? channel.from, ends);
  }
  const { body, headers } = channel.type === 'ntfy' ? ntfy(channel, message) : json(channel, message);
  const response = await fetch(channel.url, { method: 'POST', body, headers, redirect: 'error', signal: ends }).catch(
    (error: Error & { cause?: { code?: string } }) => {
      throw new Error(error.cause?.code ?? error.name);
    },
  );
  await response.body?.cancel();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
}

type Web = Exclude<Channel, { type: 'smtp' }>;
type Post = { body: string; headers: Record<string, string> };

function json(channel: Web, message: Message): Post {
  const { title, lines, command, link, at, ...rest } = message;
  const text = [title, ...lines, command].join('\n');
  const body =
    channel.type === 'slack'
      ? JSON.stringify({ text: [`*${title}*`, ...lines, `\`${command}\``, ...(link === null ? [] : [`<${link}>`])].join('\n') })
      : JSON.stringify({ ...rest, title, lines, command, link, text, at: new Date(at).toISOString() });
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'User-Agent': 'aim-terminal' };
  if (channel.type === 'webhook' && channel.secret !== undefined) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    headers['X-AIM-Timestamp'] = timestamp;
    headers['X-AIM-Signature'] = `sha256=${createHmac('sha256', channel.secret).update(`${timestamp}.${body}`).digest('hex')}`;
  }
  // The same for every try, so that a receiver can tell a second delivery from a second message.
  headers['Idempotency-Key'] = message.id;
  return { body, headers };
}

function ntfy({ token }: Extract<Channel, { type: 'ntfy' }>, { title, lines, command, link, urgent }: Message): Post {
  return {
    body: [...lines, command].join('\n'),
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      Title: title,
      Priority: urgent ? 'high' : 'default',
      Tags: 'key',
      ...(link === null ? {} : { Click: link }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
  };
}
