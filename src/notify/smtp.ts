// E-mail through a mail server. Loaded only where such a channel is used.

import { createTransport } from 'nodemailer';
import type { Channel } from './channels.ts';
import type { Message } from './message.ts';

type Smtp = Extract<Channel, { type: 'smtp' }>;

const PATIENCE = 10_000;

/** @throws Error with the code or status of the mail server alone: its words may repeat what was sent. */
export async function sendMail(channel: Smtp, message: Message, to: string, signal: AbortSignal): Promise<void> {
  const { host, port, security, user, password, from } = channel;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const stop = () => transport.close();
  signal.addEventListener('abort', stop, { once: true });
  const { title, lines, command, link, id } = message;
  try {
    await transport.sendMail({
      from,
      to: { name: '', address: to },
      subject: title,
      text: [...lines, '', command, ...(link === null ? [] : ['', link]), ''].join('\n'),
      // The same for every try: a mailbox that got it shows it once.
      messageId: `<${id.replaceAll(/[^\w.-]/g, '.')}.${domainless(to)}@${from.split('@')[1] ?? 'localhost'}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number };
    throw new Error(`SMTP ${responseCode ?? code ?? 'failed'}`);
  } finally {
    signal.removeEventListener('abort', stop);
    transport.close();
  }
}

const domainless = (address: string): string => address.replaceAll(/[^\w.-]/g, '.');
