// The built program, serving in a process of its own: what it holds and what it costs is the server's alone, not that of who measures.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../../test/pty/terminal.ts';

export type Serving = {
  url: string;
  /** Resident, in MB. */
  memory(): number;
  /** Since it began, in microseconds, its kernel's part among them. */
  processorTime(): number;
  stop(): Promise<void>;
};

export const admin = { email: 'bench@example.test', password: 'correct horse battery staple' };

export async function serve(data: string, database?: string): Promise<Serving> {
  const home = mkdtempSync(join(tmpdir(), 'aim-bench-home-'));
  const child = spawn(process.execPath, [program, 'serve', '--data', data, '--output', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      AIM_ADMIN_EMAIL: admin.email,
      AIM_ADMIN_PASSWORD: admin.password,
      ...(database === undefined ? {} : { AIM_DATABASE: database }),
    },
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  return {
    url,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    processorTime: () => {
      // After the name, which is in brackets and may hold anything.
      const [, rest = ''] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(/\) /);
      const fields = rest.split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK;
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Linux counts a process's time in hundredths of a second, whatever its kernel's own clock does. */
const TICK = 10_000;

/** One call of the API, as an administrator where a token is given. */
export async function post(url: string, path: string, body: object, token?: string): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, string>;
}

export async function signIn(url: string): Promise<string> {
  const answer = await post(url, '/auth/login/local', admin);
  if (answer['accessToken'] === undefined) throw new Error(`The administrator cannot sign in: ${JSON.stringify(answer)}`);
  return answer['accessToken'];
}
