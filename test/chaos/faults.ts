// What is done to the cluster: each fault lasts a while and is then taken back, so that every one meets a system at work.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../pty/terminal.ts';
import type { Cluster, Plane } from './cluster.ts';

export type Fault = { name: string; strike(): Promise<void> };

/** @param crowded A small file system on which one plane and some agents live, or null where none could be mounted. */
export function faultsOf(cluster: Cluster, crowded: string | null): Fault[] {
  const anyPlane = (): Plane => {
    const chosen = cluster.planes[Math.floor(Math.random() * cluster.planes.length)];
    if (chosen === undefined) throw new RangeError('A cluster has planes.');
    return chosen;
  };
  return [
    {
      name: 'a control plane is killed and starts again',
      async strike() {
        const plane = anyPlane();
        const gone = once(plane.child, 'exit');
        plane.child.kill('SIGKILL');
        await gone;
        await pause(500 + Math.random() * 1500);
        await plane.start();
      },
    },
    {
      name: 'a control plane is stopped politely and starts again',
      async strike() {
        const plane = anyPlane();
        const gone = once(plane.child, 'exit');
        plane.child.kill('SIGTERM');
        await gone;
        await plane.start();
      },
    },
    {
      name: 'a control plane stands still for three seconds',
      async strike() {
        const plane = anyPlane();
        plane.child.kill('SIGSTOP');
        await pause(3000);
        plane.child.kill('SIGCONT');
      },
    },
    {
      name: 'every connection is cut',
      async strike() {
        for (let round = 0; round < 5; round += 1) {
          cluster.front.cut();
          await pause(200);
        }
      },
    },
    {
      name: 'nobody gets through for two seconds',
      async strike() {
        cluster.front.refuse(true);
        cluster.front.cut();
        await pause(2000);
        cluster.front.refuse(false);
      },
    },
    {
      name: 'every packet takes 300 ms',
      async strike() {
        cluster.front.slow(300);
        await pause(3000);
        cluster.front.slow(0);
      },
    },
    { name: 'the database restarts', strike: async () => cluster.postgres.restart() },
    ...(crowded === null ? [] : [diskFault(crowded)]),
  ];
}

function diskFault(folder: string): Fault {
  return {
    name: 'a disk is full for three seconds',
    async strike() {
      const filler = join(folder, 'filler');
      try {
        writeFileSync(filler, Buffer.alloc(64 * 2 ** 20));
      } catch {
        // What fitted is there, and nothing more fits: that is the fault.
      }
      await pause(3000);
      rmSync(filler, { force: true });
    },
  };
}

/** A file system of 16 MiB at `folder`, where this user may mount one. Gives how to take it away, or null. */
export function mountSmall(folder: string): (() => void) | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=700', 'tmpfs', folder], { stdio: 'ignore' });
    return () => execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
}
