// How much one caller may leave behind: beyond it the lists of everybody else, and the database, would be theirs.

import { Refusal } from '../refusal.ts';

/** Far above what people and programs make on purpose. */
export const MOST = {
  /** Of one agent, waiting for a person. */
  capabilityRequests: 100,
  /** Made by one agent and not revoked. */
  agentsOfAgent: 100,
  /** Registered by one agent. */
  mcpServersOfAgent: 200,
  /** Of one organisation: each is called for each event. */
  webhooks: 100,
  /** Of one person, in use. */
  apiKeys: 200,
  /** Of one person, neither used nor over. */
  bootstrapTokens: 100,
  /** Of one organisation. */
  tags: 2000,
} as const;

/** `existing` are the rows that count. @throws Refusal 429 `limitReached` */
export async function mustHaveRoom(
  existing: { limit(most: number): { execute(): Promise<readonly unknown[]> } },
  most: number,
  what: string,
): Promise<void> {
  const { length } = await existing.limit(most).execute();
  if (length >= most) throw new Refusal(429, 'limitReached', `There are ${most} ${what} already`, { limit: most }, 3600);
}
