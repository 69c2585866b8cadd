// The built program for many command lines: one process on real pipes or on a real terminal, at a tenth of the cost of a process for each.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn as spawnOnTerminal } from '@lydell/node-pty';
import { type Finished, program, waitUntil } from '../pty/terminal.ts';

export type OneProcess = {
  /** One after another, in the order in which they are asked for. On a terminal everything is in `stdout`, as on a screen. */
  run(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Finished>;
  close(): void;
};

type Options = { env: Readonly<Record<string, string>>; cwd: string; columns?: number };

/** With `columns` its streams are a terminal of that width. */
export async function openOneProcess({ env, cwd, columns }: Options): Promise<OneProcess> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const words = [fileURLToPath(new URL('./one-process.mjs', import.meta.url)), String(port), program];
  const output = columns === undefined ? onPipes(words, env, cwd) : onTerminal(words, env, cwd, columns);
  const socket = await connected(server);
  const runOnce = async (argv: readonly string[], variables: Readonly<Record<string, string>>) => {
    socket.write(`${JSON.stringify({ argv, env: variables })}\n`);
    const complaint = () => `aim ${argv.join(' ')} does not end: ${output.writtenSoFar()}`;
    await waitUntil(() => output.isDone(), 20_000, complaint, 2);
    return output.take();
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(argv, variables) {
      const finished = last.then(() => runOnce(argv, variables));
      last = finished.catch(() => undefined);
      return finished;
    },
    close() {
      socket.destroy();
      server.close();
      output.kill();
    },
  };
}

const connected = (server: Server) => new Promise<Socket>((resolve) => server.once('connection', resolve));

type Output = { isDone(): boolean; writtenSoFar(): string; take(): Finished; kill(): void };

// Behind what a run wrote, each stream has its exit code between two marks that nothing printable contains.
const END = /\u001e(\d+)\u001e$/;

function onPipes(words: readonly string[], env: Options['env'], cwd: string): Output {
  const child: ChildProcess = spawn(process.execPath, words, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (written.stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (written.stderr += chunk));
  return {
    isDone: () => END.test(written.stdout) && END.test(written.stderr),
    writtenSoFar: () => JSON.stringify(written),
    take() {
      const code = Number(END.exec(written.stdout)?.[1]);
      const finished = { code, signal: null, stdout: written.stdout.replace(END, ''), stderr: written.stderr.replace(END, '') };
      written.stdout = written.stderr = '';
      return finished;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

function onTerminal(words: readonly string[], env: Options['env'], cwd: string, columns: number): Output {
  const terminal: IPty = spawnOnTerminal(process.execPath, [...words], {
    name: 'xterm-256color',
    cols: columns,
    rows: 50,
    cwd,
    env,
  });
  let written = '';
  terminal.onData((chunk) => {
    written += chunk;
  });
  const both = /\u001e(\d+)\u001e\u001e\d+\u001e$/;
  return {
    isDone: () => both.test(written),
    writtenSoFar: () => JSON.stringify(written),
    take() {
      const code = Number(both.exec(written)?.[1]);
      const finished = { code, signal: null, stdout: written.replace(both, '').replaceAll('\r\n', '\n'), stderr: '' };
      written = '';
      return finished;
    },
    kill: () => terminal.kill('SIGKILL'),
  };
}
