// Threads that go through a large log together, each with a range of it at a time. Without their program, or a second core, there is no crew.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { programBeside } from '../program-beside.ts';
import type { Answer, Task } from './tasks.ts';

export type Crew = {
  /** The answers in the order of the tasks, of which only a few are under way at a time. */
  answers<Kind extends Task['kind']>(tasks: Iterable<Task & { kind: Kind }>): AsyncGenerator<Answer<Kind>>;
  close(): Promise<void>;
};

export function openCrew({ size = Math.min(availableParallelism(), MOST) } = {}): Crew | null {
  const program = programOf('log-crew');
  if (program === null || size < 2) return null;
  const members = Array.from({ length: size }, () => memberAt(program));
  return {
    async *answers<Kind extends Task['kind']>(tasks: Iterable<Task & { kind: Kind }>) {
      const underWay: Promise<Answer<Kind>>[] = [];
      let next = 0;
      for (const task of tasks) {
        if (underWay.length >= size * 2) yield (await underWay.shift()) as Answer<Kind>;
        const answer = (members[next] as Member).run(task) as Promise<Answer<Kind>>;
        answer.catch(() => {}); // whoever takes it is told
        underWay.push(answer);
        next = (next + 1) % size;
      }
      for (const answer of underWay) yield await answer;
    },
    async close() {
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}

type Member = { worker: Worker; run(task: Task): Promise<unknown> };

function memberAt(program: URL): Member {
  const worker = new Worker(program, { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 16 } });
  const waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  const fail = (error: Error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on('message', ({ answer, failure }: { answer?: unknown; failure?: string }) => {
    const first = waiting.shift();
    if (failure === undefined) first?.resolve(answer);
    else first?.reject(new Error(failure));
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The thread ended.')));
  return {
    worker,
    run: (task) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(task);
      }),
  };
}

/** The program of a thread: beside this file in the source, at the root of the package when it is built. Null in any other bundle. */
export function programOf(name: 'log-crew' | 'log-sql'): URL | null {
  return programBeside(import.meta.url, { source: name === 'log-crew' ? './worker.ts' : './sql-program.ts', built: name });
}

const MOST = 4;
