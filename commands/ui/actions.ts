// `aim ui`: the real dashboard without a terminal, driven by a script, and what a person would see printed.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { secondsOf } from '../../src/settings/duration.ts';
import { type Action, type ActionContext, defineAction, type ScreenId } from '../action.ts';
import { reachServer } from '../dashboard/reach-server.ts';

const size = z.string().transform((text, context) => {
  const [, columns, rows] = /^(\d+)[x×](\d+)$/.exec(text) ?? [];
  const cells = { columns: Number(columns), rows: Number(rows) };
  if (cells.columns >= 40 && cells.rows >= 12 && cells.columns <= 500 && cells.rows <= 200) return cells;
  context.addIssue({ code: 'custom', message: 'it is COLUMNSxROWS, from 40x12 to 500x200' });
  return z.NEVER;
});

const patience = z.string().transform((text, context) => {
  const seconds = secondsOf(text);
  if (seconds !== null) return seconds;
  context.addIssue({ code: 'custom', message: 'it is no time, as 500ms, 10s or 2m' });
  return z.NEVER;
});

const ui = defineAction({
  id: 'ui',
  summary: 'Drive the dashboard with a script, and print what a person would see',
  description: [
    'The real dashboard runs without a terminal: it reaches the server, takes the steps of the script, and prints its last screen. A script has one step a line; # begins a comment.',
    '',
    'press KEYS        press keys one after the other: press 2 down enter, press ctrl-s',
    'type TEXT         type it; paste TEXT pastes it',
    'use BINDING       press whatever key means this now: use list.filter, use shell.help',
    'click WIDGET      click it: click tabs/agents, click list:agents/row/ID',
    'run VERB …        run a verb as the palette does: run agents suspend billing-bot',
    'go SCREEN [ID]    open a screen: go approvals, go agent ID',
    'wait TEXT         wait until the screen shows it; wait not TEXT until it is gone; wait --for 30s TEXT',
    'expect TEXT       fail unless the screen shows it now; expect not TEXT; expect /regular expression/',
    'snapshot FILE     write the screen to FILE.txt, FILE.svg or FILE.json; without FILE it is printed',
    'size 120x40       change the size of the terminal; pause 500ms; quit',
    '',
    'The ids of bindings and widgets that are there now are in the JSON: aim ui --snapshot json. They stay what they are between versions. A step that fails ends the script with exit code 1, a wait with 11, and the screen is printed. A script decides nothing: approvals are for people, and for aim approvals approve.',
  ].join('\n'),
  examples: [
    { command: 'ui --screen agents --snapshot text', summary: 'What the agents screen shows now' },
    { command: 'ui --script runbook.aim', summary: 'Take the steps of a runbook' },
    { command: 'ui --script - --snapshot svg > agents.svg', summary: 'A picture of where a script from a pipe ends' },
  ],
  args: {},
  options: {
    script: { summary: 'The steps to take; - reads them from standard input', value: 'FILE', schema: z.string().optional() },
    snapshot: {
      summary: 'What to print of the last screen (default text without a script, nothing with one)',
      schema: z.enum(['text', 'svg', 'json']).optional(),
    },
    screen: { summary: 'The screen to begin on', value: 'SCREEN', schema: z.string().default('overview') },
    size: { summary: 'Cells of the terminal (default 100x30)', value: 'COLSxROWS', schema: size.optional() },
    wait: {
      summary: 'How long a step waits for what it wants to see (default 15s)',
      value: 'TIME',
      schema: patience.optional(),
    },
  },
  needs: 'none',
  commandLineOnly: true,
  actsHere: true,
  run: (context, _, options) => drive(context, options),
  view: { kind: 'none' },
});

export const uiActions: readonly Action[] = [ui];

type UiOptions = {
  script?: string | undefined;
  snapshot?: 'text' | 'svg' | 'json' | undefined;
  screen: string;
  size?: { columns: number; rows: number } | undefined;
  wait?: number | undefined;
};

async function drive(context: ActionContext, options: UiOptions): Promise<void> {
  const { io } = context;
  const script = options.script === undefined ? '' : await read(options.script, io.stdin);
  const loading = Promise.all([
    import('../../components/headless/drive.ts'),
    import('../../components/screens/all-screens.ts'),
    import('../registry.ts'),
  ]);
  const [{ drive: driveDashboard }, { allScreens }, { registry }] = await loading;
  if (!allScreens.some(({ id }) => id === options.screen)) {
    throw new UsageError('ui.no-screen', {
      message: `There is no screen ${JSON.stringify(options.screen)}.`,
      next: `There are: ${allScreens.map(({ id }) => id).join(', ')}.`,
      field: 'screen',
    });
  }
  const reached = await reachServer(context);
  try {
    const last = await driveDashboard(
      {
        ...reached.parts,
        // Pictures have colours unless they are refused; text has none anyway.
        context: {
          ...reached.parts.context,
          io: { ...io, env: { ...io.env, TERM: 'xterm-256color', COLORTERM: 'truecolor' } },
        },
        registry,
        columns: options.size?.columns ?? 100,
        rows: options.size?.rows ?? 30,
        screen: options.screen as ScreenId,
        script,
        patience: options.wait ?? 15,
        print: (text) => void io.stdout.write(text),
      },
      options.snapshot ?? 'text',
    );
    if (options.snapshot !== undefined || options.script === undefined) io.stdout.write(last);
  } finally {
    await reached.close();
  }
}

async function read(path: string, stdin: NodeJS.ReadableStream & { isTTY?: boolean }): Promise<string> {
  if (path === '-') {
    if (stdin.isTTY) {
      throw new UsageError('ui.no-script', { message: 'Nothing is piped in.', next: 'Name a file: aim ui --script FILE' });
    }
    let text = '';
    for await (const chunk of stdin) text += String(chunk);
    return text;
  }
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError('ui.no-script', {
      message: `The script ${JSON.stringify(path)} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
      field: 'script',
      cause: error,
    });
  }
}
