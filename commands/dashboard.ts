// `aim`: the dashboard. The only module that loads the components, and it does so when it runs.

import { UsageError } from '../src/errors.ts';
import { type Action, type ActionContext, defineAction } from './action.ts';
import type { Connection } from './connection.ts';
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

async function open(outer: ActionContext): Promise<number> {
  const { settings, io, signal } = outer;
  if (!io.stdin.isTTY || !io.stdout.isTTY || io.env['TERM'] === 'dumb') {
    throw new UsageError('dashboard.no-terminal', {
      message: 'The dashboard needs a terminal.',
      next: 'See the state as text: aim status',
    });
  }
  // The control plane may have to start, which takes longest: the rest is loaded meanwhile.
  const reach = async (): Promise<Connection> => {
    const { connect } = await import('./connection.ts');
    return connect({ settings, io: { ...io, note() {} }, signal });
  };
  const reaching = reach().then(async (connection) => ({ connection, account: await connection.api.me({ signal }) }));
  const loading = Promise.all([import('../components/dashboard.tsx'), import('./registry.ts')]);
  const [{ connection: first, account }, [{ runDashboard }, { registry }]] = await Promise.all([reaching, loading]);
  let connection = first;
  const { api } = first;
  const context: ActionContext = { settings, io, signal, api };
  hideStartingFrame();
  try {
    return await runDashboard({
      context,
      registry,
      api,
      account,
      server: api.server,
      embedded: first.embedded !== null,
      ...(first.embedded
        ? {
            embeddedLost: first.embedded.lost,
            restartEmbedded: async () => {
              connection = await reach();
              return connection.api;
            },
          }
        : {}),
    });
  } finally {
    await connection.close();
  }
}
