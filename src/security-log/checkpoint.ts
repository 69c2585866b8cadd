// Signed checkpoints: now and then a link whose writer signs everything up to it, so that rewriting the whole chain takes a key as well.

import type { SigningKey } from '../crypto/ed25519.ts';
import type { Link } from './chain.ts';
import { lineBody, type SecurityEvent } from './event.ts';

export type Checkpoint = Link & { timestamp: string; key: string; signature: string };

/** How such a line is found without parsing every line. */
export const CHECKPOINT = '"event_type":"LOG_CHECKPOINT"';

/** What is signed: the place in the chain and, by its hash, every line before it. */
export const checkpointMessage = ({ seq, prevHash, timestamp }: Link & { timestamp: string }): Uint8Array =>
  new TextEncoder().encode(`aim-log-checkpoint/1\n${seq}\n${prevHash}\n${timestamp}\n`);

/** The line of a checkpoint at its place in the chain, without its closing brace. */
export function checkpointBody(key: SigningKey, event: SecurityEvent, link: Link): string {
  const signature = key.sign(checkpointMessage({ ...link, timestamp: event.timestamp }));
  return lineBody({ ...event, message: `Signed up to line ${link.seq}`, details: { key: key.publicKey, signature } });
}

/** Null for a line that is none, whatever it mentions. */
export function readCheckpoint(line: string): Checkpoint | null {
  try {
    const { event_type, timestamp, details, seq, prev_hash } = JSON.parse(line);
    if (event_type !== 'LOG_CHECKPOINT') return null;
    return { seq, prevHash: prev_hash, timestamp, key: String(details?.key), signature: String(details?.signature) };
  } catch {
    return null;
  }
}
