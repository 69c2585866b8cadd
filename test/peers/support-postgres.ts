// A PostgreSQL of our own for a test: Debian's programs, a temporary directory, gone at the end.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export type Postgres = { url: string; restart(): void; stop(): void };

type Kept = {
  /** Waits for the disk as it would in earnest. Where nothing rests on that, a test takes a fraction of the time without. */
  durable?: boolean;
};

export async function startPostgres({ durable = true }: Kept = {}): Promise<Postgres> {
  const [version] = readdirSync('/usr/lib/postgresql').sort((left, right) => Number(right) - Number(left));
  const bin = join('/usr/lib/postgresql', version ?? '', 'bin');
  // Its programs refuse to run as root.
  const isRoot = userInfo().uid === 0;
  const run = (program: string, ...arguments_: string[]): void => {
    const [command, ...rest] = isRoot
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', join(bin, program)]
      : [join(bin, program)];
    execFileSync(command ?? '', [...rest, ...arguments_], { stdio: 'ignore', cwd: tmpdir() });
  };
  const directory = mkdtempSync(join(tmpdir(), 'aim-postgres-'));
  if (isRoot) execFileSync('chown', ['postgres:postgres', directory]);
  const data = join(directory, 'data');
  const port = await freePort();
  run('initdb', '-D', data, '-U', 'aim', '--auth=trust', '--no-sync');
  const start = (): void =>
    run(
      'pg_ctl',
      '-D',
      data,
      '-w',
      '-l',
      join(directory, 'log'),
      '-o',
      `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c max_connections=300${durable ? '' : FORGETFUL}`,
      'start',
    );
  const stop = (): void => run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop');
  start();
  return {
    url: `postgres://aim@127.0.0.1:${port}/postgres`,
    restart() {
      stop();
      start();
    },
    stop() {
      stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

// As little as it may do for a database that nobody needs tomorrow. Nothing of its answers changes.
const FORGETFUL = ' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0';

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
