// Asks an MCP server itself: does it hold the key that it is registered with, and what does it say that it offers (§2.5).

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { verifySignature } from '../../crypto/ed25519.ts';
import { type Locked, lock } from '../../mcp/lockfile.ts';
import type { DetectedServer } from '../../mcp/record.ts';
import { inspectionFrom } from '../../mcp/saved-inspection.ts';
import { asUntrusted } from '../../text/brand.ts';
import { wireObject } from '../../wire/casing.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { askOutside } from '../outside.ts';
import { Refusal } from '../refusal.ts';

const signed = wireObject({ signedChallenge: z.string().max(200) });
const LARGEST_ANSWER = 64 * 1024;
const LARGEST_OFFER = 4 * 1024 * 1024;

/**
 * Sends a challenge to the server's verification address and checks its signature over the characters of the challenge.
 * @throws Refusal 422 `mcpNoKey`, `mcpNotReached` or `mcpSignatureInvalid`.
 */
export async function challengeServer(
  server: Pick<McpServerTable, 'id' | 'url' | 'publicKey' | 'verificationUrl'>,
  allowInside: boolean,
): Promise<{ challenge: string; verificationUrl: string }> {
  if (server.publicKey === null) throw new Refusal(422, 'mcpNoKey', 'This MCP server has no public key to be checked against');
  const verificationUrl = server.verificationUrl ?? `${server.url.replace(/\/$/, '')}/.well-known/mcp/verify`;
  const challenge = randomBytes(32).toString('base64');
  const text = await reach(verificationUrl, {
    allowInside,
    largest: LARGEST_ANSWER,
    body: { challenge, server_id: server.id },
  });
  const answer = signed.safeParse(jsonOf(text));
  if (!answer.success) throw notReached(verificationUrl, 'it answered something else than a signed challenge');
  if (!verifySignature(Buffer.from(challenge, 'ascii'), answer.data.signedChallenge, server.publicKey))
    throw new Refusal(422, 'mcpSignatureInvalid', 'The MCP server signed with another key than the one it is registered with');
  return { challenge, verificationUrl };
}

/**
 * What the server lists at `/.well-known/mcp/capabilities` of its origin: a convention of AIM, which few servers follow.
 * @throws Refusal 422 `mcpNotReached`.
 */
export async function offerOf(server: Pick<McpServerTable, 'name' | 'url'>, allowInside: boolean): Promise<Locked> {
  const address = originOf(server.url);
  const offer = jsonOf(await reach(address, { allowInside, largest: LARGEST_OFFER }));
  if (typeof offer !== 'object' || offer === null || Array.isArray(offer))
    throw notReached(address, 'it answered something else than what it offers');
  const remote = { name: asUntrusted(server.name), transport: 'http', command: null, args: [], url: asUntrusted(server.url) };
  return lock(remote as unknown as DetectedServer, inspectionFrom(offer as Record<string, unknown>), null);
}

function originOf(url: string): string {
  if (!/^https?:\/\//.test(url)) throw notReached(url, 'it has no web address');
  return new URL('/.well-known/mcp/capabilities', url).toString();
}

async function reach(address: string, options: Parameters<typeof askOutside>[1]): Promise<string> {
  try {
    return await askOutside(new URL(address), options);
  } catch (error) {
    throw notReached(address, (error as Error).message);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text, (key, member: unknown) => (key === '__proto__' ? undefined : member));
  } catch {
    return null;
  }
}

const notReached = (address: string, because: string): Refusal =>
  new Refusal(422, 'mcpNotReached', `The MCP server could not be asked at ${address}: ${because}`);
