// Tells people of alerts over the channels of the approvals: in words of ours only, each once, again after failures, never in the way of reading.

import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from '../notify/channels.ts';
import type { Message } from '../notify/message.ts';
import { send } from '../notify/send.ts';
import type { LogAlert } from './alert-rules.ts';

export type AlertTeller = {
  tell(alert: LogAlert): void;
  /** Resolves when what is on its way has arrived or was given up. */
  settled(): Promise<void>;
};

/** Mail goes to the sender's own address: an alert has no reviewer. `said` is told of each message that was given up. */
export function tellAlerts(
  channels: readonly Channel[],
  { signal, said, pauses = PAUSES }: { signal: AbortSignal; said(text: string): void; pauses?: readonly number[] },
): AlertTeller {
  const onTheWay = new Set<Promise<void>>();

  async function deliver(channel: Channel, message: Message): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await send(channel, message, { signal });
      } catch (error) {
        const wait = pauses[attempt];
        if (wait === undefined || signal.aborted)
          return said(`the channel ${channel.name} does not take an alert: ${error instanceof Error ? error.message : error}`);
        await pause(wait, null, { signal }).catch(() => {});
      }
    }
  }

  return {
    tell(alert) {
      const message = alertMessage(alert);
      for (const channel of channels) {
        if (onTheWay.size >= MOST_ON_THE_WAY) {
          said(`the channel ${channel.name} is too slow: an alert was not sent`);
          continue;
        }
        const delivery = deliver(channel, message).finally(() => onTheWay.delete(delivery));
        onTheWay.add(delivery);
      }
    },
    async settled() {
      await Promise.all(onTheWay);
    },
  };
}

/** Names of agents, servers and files stay here: what others wrote is read on this machine, not on a phone. */
export function alertMessage({ rule, severity, subject, at, count }: LogAlert): Message {
  const title = Object.hasOwn(TITLES, rule)
    ? (TITLES[rule as keyof typeof TITLES] as string)
    : 'A security log says something new';
  return {
    id: `log-${hash('sha256', `${rule}\n${subject}\n${at}`, 'hex').slice(0, 32)}`,
    occasion: 'alert',
    title,
    lines: count > 1 ? [`${count} lines, the last at ${clock(at)} UTC.`] : [`At ${clock(at)} UTC.`],
    command: 'aim logs query --severity warning --since 15m',
    link: null,
    urgent: severity === 'critical',
    at,
  };
}

const TITLES = {
  denials: 'An agent is denied again and again',
  'new-server': 'An MCP server is used for the first time',
  drift: 'The tools of an MCP server changed',
  'stale-credentials': 'An agent acts with credentials that its server no longer knows',
  security: 'A security event',
  chain: 'A security log is not what was written',
  silence: 'A security log fell silent',
} as const;

const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);
const PAUSES = [2000, 10_000, 60_000]; // milliseconds
const MOST_ON_THE_WAY = 100;
