// Rotation as the Python SDK does it: security.log becomes security.log.1, .1 becomes .2, and the oldest goes. Parts from .2 on may be compressed.

import { createReadStream, createWriteStream, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Moves every part one further. The caller holds the chain's lock. */
export function rotate(file: string, keep: number): void {
  if (keep < 1) {
    rmSync(file, { force: true });
    return;
  }
  for (const suffix of SUFFIXES) rmSync(`${file}.${keep}${suffix}`, { force: true });
  for (let number = keep - 1; number >= 1; number -= 1) {
    for (const suffix of SUFFIXES) {
      if (existsSync(`${file}.${number}${suffix}`)) renameSync(`${file}.${number}${suffix}`, `${file}.${number + 1}${suffix}`);
    }
  }
  renameSync(file, `${file}.1`);
}

/**
 * Compresses the parts that no writer has open any more: from .2 on, since a writer that has not yet noticed the rotation
 * still writes to .1. Another rotation may rename a part meanwhile, so the result goes beside whatever name it has by then;
 * `locked` runs its argument under the chain's lock.
 */
export async function compressParts(file: string, keep: number, locked: (change: () => void) => Promise<void>): Promise<void> {
  for (let number = 2; number <= keep; number += 1) {
    const part = `${file}.${number}`;
    const before = statSync(part, { throwIfNoEntry: false });
    if (!before?.isFile()) continue;
    const temporary = `${file}.gz-${process.pid}`;
    try {
      await pipeline(createReadStream(part), createGzip(), createWriteStream(temporary, { mode: 0o600 }));
      await locked(() => {
        for (let now = number; now <= keep; now += 1) {
          const there = statSync(`${file}.${now}`, { throwIfNoEntry: false });
          if (there?.ino !== before.ino || there.size !== before.size) continue;
          linkSync(temporary, `${file}.${now}.gz`);
          rmSync(`${file}.${now}`);
          return;
        }
      });
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}

const SUFFIXES = ['', '.gz'] as const;
