// `aim`: the dashboard. The only module that loads the components, and it does so when it runs.

import { z } from 'zod';
import { UsageError } from '../src/errors.ts';
import { liveSettings } from '../src/settings/live-settings.ts';
import { type Action, type ActionContext, defineAction } from './action.ts';
import { contextsOf, givenFlags } from './dashboard/contexts.ts';
import { reachServer } from './dashboard/reach-server.ts';
import { hideStartingFrame } from './starting-frame.ts';
import { wantsLines } from './wants-lines.ts';

const dashboard = defineAction({
  id: 'dashboard',
  summary: 'Open the dashboard; `aim` alone does the same',
  description:
    'Full-screen, for a terminal of at least 40×12 cells. With no server configured it runs on a control plane of its own, which ends with it. ' +
    'With --plain it is a line interface for the same actions: for screen readers, and by itself where TERM=dumb or INK_SCREEN_READER=true.',
  examples: [
    { command: 'dashboard', summary: 'The same as aim' },
    { command: 'dashboard --plain', summary: 'In lines, for a screen reader; the same as aim --plain' },
    {
      command: 'dashboard --measure',
      summary: 'With frames and bytes a second in the footer; the same as aim --profile without a name',
    },
  ],
  args: {},
  options: {
    plain: {
      summary: 'Lines instead of a screen: nothing is drawn, nothing moves, each thing is a sentence',
      schema: z.boolean().default(false),
    },
    measure: {
      summary: 'Show what drawing costs from the start: frames and bytes a second, processor time, memory (f3)',
      schema: z.boolean().default(false),
    },
  },
  needs: 'none',
  commandLineOnly: true,
  actsHere: true,
  run: (context, _, { plain, measure }) => (plain || isForLines(context) ? openPlain(context) : open(context, measure)),
  view: { kind: 'none' },
  exitCode: (code) => code,
});

export const dashboardActions: readonly Action[] = [dashboard];

const isForLines = ({ io }: ActionContext): boolean =>
  wantsLines(io.env) && io.stdin.isTTY === true && io.stdout.isTTY === true;

async function openPlain(context: ActionContext): Promise<number> {
  const loading = Promise.all([import('../components/plain/run-plain.ts'), import('./registry.ts')]);
  const [reached, [{ runPlain }, { registry }]] = await Promise.all([reachServer(context), loading]);
  try {
    return await runPlain({ ...reached.parts, registry });
  } finally {
    await reached.close();
  }
}

/**
 * Asked before anything large is loaded, so that the answer is there when that is done; where the theme says it nobody is asked.
 * What it answers is the question on its way, not the answer.
 */
async function background({ settings, io }: ActionContext): Promise<{ answer: Promise<'light' | 'dark' | null> }> {
  if (!['auto', '16'].includes(settings.get('theme')) || settings.get('color') === 'never')
    return { answer: Promise.resolve(null) };
  const { backgroundOf } = await import('../components/terminal/background.ts');
  const answer = backgroundOf({ stdin: io.stdin as NodeJS.ReadStream, stdout: io.stdout as NodeJS.WriteStream, env: io.env });
  return { answer };
}

async function open(context: ActionContext, measures: boolean): Promise<number> {
  const { io } = context;
  if (!io.stdin.isTTY || !io.stdout.isTTY) {
    throw new UsageError('dashboard.no-terminal', {
      message: 'The dashboard needs a terminal.',
      next: 'See the state as text: aim status',
    });
  }
  // What is changed in the settings file while the dashboard is open holds at once.
  const settings = liveSettings({ flags: givenFlags(context.settings), env: io.env, cwd: io.cwd }, LIVE);
  const { signal } = context;
  const asking = await background(context);
  // The control plane may have to start, which takes longest: the rest is loaded meanwhile.
  const reaching = reachServer({ settings, io, signal });
  const [reached, { runDashboard }, light] = await Promise.all([
    reaching,
    import('../components/dashboard.tsx'),
    asking.answer,
  ]);
  hideStartingFrame();
  try {
    return await runDashboard({
      ...reached.parts,
      // Two hundred verbs with their schemas, which the first frame does not need.
      registry: async () => (await import('./registry.ts')).registry,
      contexts: contextsOf({ settings, io, signal }, reached.parts),
      close: reached.close,
      background: light,
      measures,
    });
  } finally {
    settings.close();
    await reached.close();
  }
}

const LIVE = ['aliases', 'views', 'keys', 'attention', 'hints', 'readOnly', 'editor', 'theme', 'ascii', 'color', 'mouse', 'fps'] as const; // biome-ignore format: one table
