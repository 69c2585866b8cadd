// Agents that are not to be counted for a while, and the offer to mute one that keeps asking for what is denied.

import type { AgentId } from '../../wire/scalars.ts';
import type { Told } from './model.ts';

/** Until when each agent is muted. A mute ends by itself. */
export type Mutes = ReadonlyMap<AgentId, number>;

export const MUTE_FOR = 3_600_000;

export const isMuted = (mutes: Mutes, agent: AgentId, now: number): boolean => (mutes.get(agent) ?? 0) > now;

export function toggleMute(mutes: Mutes, agent: AgentId, now: number): Mutes {
  const next = new Map([...mutes].filter(([, until]) => until > now));
  if (!next.delete(agent)) next.set(agent, now + MUTE_FOR);
  return next;
}

/** Three denials of one agent within an hour: a person is being worn down, and is told what else can be done. */
export function deservesMute(told: Iterable<Told>, agent: AgentId, now: number): boolean {
  let denials = 0;
  for (const { verb, held, at } of told) if (verb === 'deny' && held?.agentId === agent && now - at < MUTE_FOR) denials++;
  return denials >= DENIALS;
}

const DENIALS = 3;
