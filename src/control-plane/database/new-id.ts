// Ids of what there is much of: UUID version 7, so that new rows go to the end of every index; 74 random bits keep them unguessable.

import { randomFillSync } from 'node:crypto';

export function newId(now: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + 16);
  used += 16;
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// Asking the system for randomness costs more than the rest; no byte is used twice.
const pool = Buffer.alloc(16 * 256);
let used = pool.length;
