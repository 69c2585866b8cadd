// What is harmed: two control planes as processes of their own, on one PostgreSQL, behind a balancer.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Postgres, startPostgres } from '../peers/support-postgres.ts';
import { program } from '../pty/terminal.ts';
import { type Front, openFront } from './front.ts';

export type Plane = { name: string; url: string; child: ChildProcess; start(): Promise<void>; residentMiB(): number };
export type Cluster = {
  url: string;
  admin: { email: string; password: string };
  postgres: Postgres;
  planes: readonly Plane[];
  front: Front;
  stop(): Promise<void>;
};

/** @param folder Where their data and logs go. @param mark Stands in the environment of every process, so that none can hide. */
export async function startCluster(folder: string, mark: Record<string, string>): Promise<Cluster> {
  const postgres = await startPostgres();
  const admin = { email: 'operator@example.test', password: 'correct horse battery staple' };
  const ports = [await freePort(), await freePort()];
  const planes = ports.map((port, index) => plane(`plane-${index + 1}`, port));
  for (const each of planes) await each.start();
  const front = await openFront(ports);
  return {
    url: front.url,
    admin,
    postgres,
    planes,
    front,
    async stop() {
      await front.stop();
      for (const { child } of planes) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }
      postgres.stop();
    },
  };

  function plane(name: string, port: number): Plane {
    const data = join(folder, name);
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const started: Plane = {
      name,
      url: `http://127.0.0.1:${port}`,
      child: undefined as unknown as ChildProcess,
      async start() {
        const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
        const child = spawn(process.execPath, [program, 'serve', '--listen', `127.0.0.1:${port}`, '--data', data], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: {
            ...process.env,
            ...mark,
            AIM_DATABASE: postgres.url,
            AIM_ADMIN_EMAIL: admin.email,
            AIM_ADMIN_PASSWORD: admin.password,
          },
        });
        started.child = child;
        child.stderr.pipe(log, { end: false });
        child.stdout.pipe(log, { end: false });
        let said = '';
        await Promise.race([
          new Promise<void>((resolve) =>
            child.stdout.on('data', (chunk: Buffer) => {
              said += chunk.toString();
              if (said.includes('listening on ')) resolve();
            }),
          ),
          once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended before it listened; see ${name}.log`))),
        ]);
      },
      residentMiB: () => {
        const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${started.child.pid}/status`, 'utf8'))?.[1];
        return Number(kib ?? 0) / 1024;
      },
    };
    return started;
  }
}
