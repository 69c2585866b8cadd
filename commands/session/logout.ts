// `aim logout`: ends the sign-in on the server, and removes it here whatever the server says.

import { ExitCode } from '../../src/errors.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';
import { rememberServer } from './remember-server.ts';

export const logout = defineAction({
  id: 'logout',
  summary: 'Sign out',
  examples: [{ command: 'logout', summary: 'Of the server in use' }],
  args: {},
  options: {},
  needs: 'none',
  commandLineOnly: true,
  actsHere: true,
  run: async (context) => {
    const { settings, signal } = context;
    const { openSession } = await import('../../src/auth/session.ts');
    const server = settings.get('server') ?? undefined;
    const { accountAt, reachWith } = await import('../connection.ts');
    const account = server === undefined ? null : accountAt(server, settings);
    const reach = reachWith(settings, context.io);
    const session = await openSession({ server, account, paths: settings.paths, store: settings.get('store'), reach });
    if (session === null) return { server: server ?? null, signedOut: false, revoked: false };
    const { revoked } = await session.logout({ signal });
    const { others, ...winner } = settings.explain('server');
    const remembered = [winner, ...others].find(({ layer }) => layer === 'profile');
    if (remembered?.value === session.server) await rememberServer(undefined, context);
    return { server: session.server, signedOut: true, revoked };
  },
  view: {
    kind: 'text',
    lines: ({ server, signedOut, revoked }) => [
      signedOut ? [ours('Signed out of '), asUntrusted(server ?? ''), ours('.')] : [ours('Nobody was signed in.')],
      ...(signedOut && !revoked ? [[ours('The server did not confirm it: its tokens stay valid until they expire.')]] : []),
    ],
  },
  exitCode: ({ signedOut, revoked }) => (signedOut && !revoked ? ExitCode.Failure : ExitCode.Ok),
});
