// `aim`: the dashboard. The only module that loads the components, and it does so when it runs.

import { UsageError } from '../src/errors.ts';
import { type Action, type ActionContext, defineAction } from './action.ts';
import { reachServer } from './dashboard/reach-server.ts';
import { hideStartingFrame } from './starting-frame.ts';

const dashboard = defineAction({
  id: 'dashboard',
  summary: 'Open the dashboard; `aim` alone does the same',
  description:
    'Full-screen, for a terminal of at least 40×12 cells. With no server configured it runs on a control plane of its own, which ends with it.',
  examples: [{ command: 'dashboard', summary: 'The same as aim' }],
  args: {},
  options: {},
  needs: 'none',
  commandLineOnly: true,
  run: (context) => open(context),
  view: { kind: 'none' },
  exitCode: (code) => code,
});

export const dashboardActions: readonly Action[] = [dashboard];

async function open(context: ActionContext): Promise<number> {
  const { io } = context;
  if (!io.stdin.isTTY || !io.stdout.isTTY || io.env['TERM'] === 'dumb') {
    throw new UsageError('dashboard.no-terminal', {
      message: 'The dashboard needs a terminal.',
      next: 'See the state as text: aim status',
    });
  }
  // The control plane may have to start, which takes longest: the rest is loaded meanwhile.
  const reaching = reachServer(context);
  const loading = Promise.all([import('../components/dashboard.tsx'), import('./registry.ts')]);
  const [reached, [{ runDashboard }, { registry }]] = await Promise.all([reaching, loading]);
  hideStartingFrame();
  try {
    return await runDashboard({ ...reached.parts, registry });
  } finally {
    await reached.close();
  }
}
