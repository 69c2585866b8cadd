// The built program in a thread of this process: its own argv, environment, streams and exit code, at a third of the cost of a process.

import { Worker } from 'node:worker_threads';
import { type Finished, program } from '../pty/terminal.ts';

export function runInThread(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { argv: [...argv], env: { ...env }, stdin: true, stdout: true, stderr: true });
    worker.stdin?.end();
    const [stdout, stderr] = [worker.stdout, worker.stderr].map((stream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      return chunks;
    }) as [Buffer[], Buffer[]];
    worker.once('error', reject);
    worker.once('exit', (code) =>
      // What the thread wrote last arrives in the turn after its end.
      setImmediate(() =>
        resolve({ code, signal: null, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
      ),
    );
  });
}

/** So many at a time, in order: more than there are cores would only wait for each other. */
export async function eachOf<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
