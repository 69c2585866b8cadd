// A verb from its words to what it wrote, within this process: the same path as the program, without starting one.

import { PassThrough, Readable } from 'node:stream';
import { settingFlags } from '../../commands/command-line.ts';
import { findAction } from '../../commands/find-action.ts';
import { asAIMError, errorText } from '../../commands/output/error.ts';
import { asksForJson } from '../../commands/output/style.ts';
import { parseWords } from '../../commands/parse-words.ts';
import { processIo } from '../../commands/process-io.ts';
import { runAction } from '../../commands/run-action.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import { visible } from '../../src/text/visible.ts';
import type { Finished } from '../pty/terminal.ts';

export type Situation = { env: Record<string, string>; input?: string; columns?: number; cwd?: string; signal?: AbortSignal };

export async function runHere(
  argv: readonly string[],
  { env, input, columns, cwd = env['HOME'] ?? '/', signal = new AbortController().signal }: Situation,
): Promise<Finished> {
  const [stdout, stderr] = [collector(columns), collector()];
  let asJson = argv.includes('--json');
  const finished = (code: number) => ({ code, stdout: stdout.text(), stderr: stderr.text(), signal: null });
  try {
    const { action, path } = await findAction(argv);
    if (action === null) throw new Error(`There is no verb ${argv.join(' ')}.`);
    const words = parseWords(argv, path, action);
    asJson = asksForJson(words.flags);
    const io = {
      ...processIo(words.flags, env),
      stdin: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      cwd,
      mayAsk: false,
      note: (text: string) => void (words.flags.quiet || stderr.stream.write(`${visible(text, { lines: 'many' })}\n`)),
    };
    const settings = loadSettings({ flags: settingFlags(words.flags), env, cwd });
    return finished(await runAction(action, words, { settings, io, signal }));
  } catch (thrown) {
    const error = asAIMError(thrown);
    stderr.stream.write(errorText(error, { json: asJson }));
    return finished(error.exitCode);
  }
}

function collector(columns?: number) {
  const chunks: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return {
    stream: Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns }),
    text: () => chunks.join(''),
  };
}
