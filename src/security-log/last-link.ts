// Finds the last link in a file by reading backwards from its end.

import { readSync } from 'node:fs';
import { linkOf } from './chain.ts';

/** The last link among the final megabytes, and where its line starts; null when only lines of others stand there. */
export function lastLink(fd: number, size: number): { seq: number; start: number } | null {
  for (let window = FIRST; ; window *= 8) {
    const from = Math.max(0, size - window);
    const bytes = Buffer.allocUnsafe(size - from);
    const found = lastLinkIn(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from)), from === 0);
    if (found) return { seq: found.seq, start: from + found.start };
    if (from === 0 || window >= LONGEST) return null;
  }
}

/** The line at the start of a window may be the end of a longer one, unless the window starts the file. */
function lastLinkIn(bytes: Buffer, isWhole: boolean): { seq: number; start: number } | null {
  // Behind the last newline stands nothing, half a line (which no link is), or a line whose newline alone is missing.
  let end = bytes.length;
  while (end > 0) {
    const before = bytes.lastIndexOf(NEWLINE, end - 1);
    if (before < 0 && !isWhole) return null;
    const link = linkOf(bytes.subarray(before + 1, end));
    if (link) return { seq: link.seq, start: before + 1 };
    end = before;
  }
  return null;
}

const NEWLINE = 0x0a;
const FIRST = 16 * 1024;
const LONGEST = 8 * 1024 * 1024;
