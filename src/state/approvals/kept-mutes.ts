// Mutes on this machine, so that they outlive the dashboard; each with its end, and none for longer than one is given for.

import { readPrivateFile, writePrivateFile } from '../../credentials/private-file.ts';
import type { AgentId } from '../../wire/scalars.ts';
import { MUTE_FOR, type Mutes } from './mutes.ts';

export type KeptMutes = {
  /** Those that have not ended. A file that cannot be read is none: agents are counted then. */
  read(server: string, now: number): Promise<Mutes>;
  /** `until: null` counts the agent again. Others, and what another dashboard wrote meanwhile, stay. @throws ConfigurationError */
  keep(server: string, agent: AgentId, until: number | null, now: number): Promise<void>;
};

export function keptMutes(path: string): KeptMutes {
  const all = async (now: number): Promise<Map<string, number>> => {
    const text = await readPrivateFile(path).catch(() => null);
    return new Map(Object.entries(read(text)).filter((entry): entry is [string, number] => isLive(entry[1], now)));
  };
  let writing: Promise<unknown> = Promise.resolve();
  const write = async (member: string, until: number | null, now: number): Promise<void> => {
    const mutes = await all(now);
    if (until === null) mutes.delete(member);
    else mutes.set(member, until);
    await writePrivateFile(path, `${JSON.stringify(Object.fromEntries([...mutes].slice(-MOST)))}\n`);
  };
  return {
    async read(server, now) {
      const start = `${server} `;
      const own = [...(await all(now))].filter(([member]) => member.startsWith(start));
      return new Map(own.map(([member, until]) => [member.slice(start.length) as AgentId, until]));
    },
    keep(server, agent, until, now) {
      const written = writing.then(() => write(`${server} ${agent}`, until, now));
      writing = written.catch(() => undefined);
      return written;
    },
  };
}

const MOST = 1000;

// A clock that was set back does not make a mute longer.
const isLive = (until: unknown, now: number): boolean => typeof until === 'number' && until > now && until <= now + MUTE_FOR;

function read(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
