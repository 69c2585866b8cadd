// Signed checkpoints: now and then a link whose writer signs everything up to it, so that rewriting the whole chain takes a key as well.

import type { Link } from './chain.ts';

export type Checkpoint = Link & { timestamp: string; key: string; signature: string };

/** How such a line is found without parsing every line. */
export const CHECKPOINT = '"event_type":"LOG_CHECKPOINT"';

/** What is signed: the place in the chain and, by its hash, every line before it. */
export const checkpointMessage = ({ seq, prevHash, timestamp }: Link & { timestamp: string }): Uint8Array =>
  new TextEncoder().encode(`aim-log-checkpoint/1\n${seq}\n${prevHash}\n${timestamp}\n`);

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
