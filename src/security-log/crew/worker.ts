// A thread of the crew: takes one task after the other, and answers each.

import { parentPort } from 'node:worker_threads';
import { runTask, type Task } from './tasks.ts';

parentPort?.on('message', async (task: Task) => {
  try {
    parentPort?.postMessage({ answer: await runTask(task) });
  } catch (error) {
    parentPort?.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
});
