// The streams and switches of this process, as actions see them.

import { tmpdir } from 'node:os';
import { visible } from '../src/text/visible.ts';
import type { Io } from './action.ts';
import type { GlobalFlags } from './global-options.ts';
import { asksForJson } from './output/style.ts';

export function processIo(flags: GlobalFlags, env: Io['env'] = process.env): Io {
  const quiet = flags.quiet === true;
  const refusesToAsk = flags.input === false || Boolean(env['AIM_NO_INPUT']);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env,
    cwd: workingFolder(),
    mayAsk: !refusesToAsk && process.stdin.isTTY === true && process.stderr.isTTY === true,
    agreed: flags.yes === true,
    json: asksForJson(flags),
    quiet,
    note: (text) => {
      if (!quiet) process.stderr.write(`${visible(text, { lines: 'many' })}\n`);
    },
  };
}

// The folder that a shell stands in may have been removed under it; that is no reason to do nothing.
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return tmpdir();
  }
}
