// Ends a process and everything that came from it: its group, and those that left the group but still carry the marker.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The name of the variable whose random value marks every descendant. */
export const MARKER = 'AIM_INSPECTION';

/** Process ids whose environment carries the marker. Where a system does not show environments, none. */
function markedProcesses(marker: string): number[] {
  const sign = `${MARKER}=${marker}`;
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(sign))
      .filter((name) => !isZombie(name))
      .map(Number);
  }
  if (process.platform === 'win32') return [];
  try {
    const list = execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return list.split('\n').flatMap((line) => (line.includes(sign) ? [Number.parseInt(line, 10)] : []));
  } catch {
    return [];
  }
}

/** Ends the group and all that carry the marker, at once. Answers what could not be ended. */
export function endNow(pid: number, marker: string): number[] {
  if (process.platform === 'win32') {
    try {
      execFileSync('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore' });
    } catch {} // it is gone
    return [];
  }
  signal(-pid, 'SIGKILL');
  // A process that forks while it is looked for is found in the next round.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const left = markedProcesses(marker);
    if (left.length === 0) return [];
    for (const one of left) signal(one, 'SIGKILL');
  }
  return markedProcesses(marker);
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {} // it is gone, or was never ours
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function isZombie(pid: string): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

const MOST_ROUNDS = 50;
