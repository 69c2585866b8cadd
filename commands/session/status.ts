// `aim status`: which server, whether it answers, who is signed in there, and what waits. Says what it finds, and exits by the table.

import { AIMError, AuthenticationError, ExitCode } from '../../src/errors.ts';
import { asUntrusted, ours, type Untrusted } from '../../src/text/brand.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';
import type { Role } from '../../src/wire/session.ts';
import { type ActionContext, defineAction } from '../action.ts';
import type { Connection } from '../connection.ts';
import type { View } from '../output/view.ts';

export type Status = {
  server: string | null;
  /** The control plane on this machine, started and stopped with its users. */
  embedded: boolean;
  reachable: boolean;
  product: Untrusted | null;
  serverVersion: Untrusted | null;
  signedIn: boolean;
  email: Untrusted | null;
  role: Role | null;
  store: Connection['keptIn'] | null;
  tokenExpiresAt: Timestamp | null;
  profile: string;
  agents: number | null;
  waiting: number | null;
  problem: { code: string; message: string; hint: string | null; exitCode: number; retryAfter?: number } | null;
};

export const status = defineAction({
  id: 'status',
  summary: 'Say which server this is, who is signed in, and what waits',
  examples: [
    { command: 'status', summary: 'A look' },
    { command: 'status --json', summary: 'For a program; exit 4 when nobody is signed in, 10 when the server does not answer' },
  ],
  args: {},
  options: {},
  needs: 'none',
  commandLineOnly: true,
  run: (context) => findStatus(context),
  view: statusView(),
  exitCode: ({ problem }) => problem?.exitCode ?? ExitCode.Ok,
});

async function findStatus(context: ActionContext): Promise<Status> {
  const { connect } = await import('../connection.ts');
  const found = blank(context);
  let connection: Connection | null = null;
  try {
    connection = await connect(context);
    await fill(found, connection, context);
  } catch (error) {
    if (!(error instanceof AIMError)) throw error;
    found.reachable ||= error instanceof AuthenticationError && error.code === 'auth.refused';
    const { code, message, exitCode, retryAfter } = error;
    const hint = hintFor(error, found.server);
    found.problem = { code, message, hint, exitCode, ...(retryAfter !== undefined && { retryAfter }) };
  } finally {
    await connection?.close();
  }
  return found;
}

// Elsewhere the next step is to look here; here it is what to do.
function hintFor(error: AIMError, server: string | null): string | null {
  if (error.code !== 'remote.refused' || server === null) return error.next ?? null;
  const { hostname, host } = new URL(server);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return isHere
    ? `Start it: aim serve --listen ${host}. Or use the embedded control plane, which starts by itself: aim config set server`
    : 'Check the address (aim config explain server) and that the server runs.';
}

function blank({ settings }: ActionContext): Status {
  return {
    server: settings.get('server'),
    embedded: false,
    reachable: false,
    product: null,
    serverVersion: null,
    signedIn: false,
    email: null,
    role: null,
    store: null,
    tokenExpiresAt: null,
    profile: settings.get('profile'),
    agents: null,
    waiting: null,
    problem: null,
  };
}

async function fill(found: Status, { api, keptIn, embedded, expiresAt }: Connection, { signal }: ActionContext): Promise<void> {
  Object.assign(found, { server: api.server, embedded: embedded !== null, store: keptIn, tokenExpiresAt: expiresAt });
  const [server, me] = await Promise.allSettled([api.status({ signal }), api.me({ signal })]);
  if (server.status === 'fulfilled') {
    Object.assign(found, {
      reachable: true,
      product: server.value?.product ?? null,
      serverVersion: server.value?.version ?? null,
    });
  }
  if (me.status === 'rejected') throw me.reason;
  Object.assign(found, { reachable: true, signedIn: true, email: me.value.email, role: me.value.role });
  // Servers before ours have no approvals, and a viewer may not count everything: then it is not known.
  const [agents, waiting] = await Promise.all([
    api.agents.list({ limit: 1, signal }).then(
      ({ total }) => total,
      () => null,
    ),
    api.approvals.list({ limit: 1, status: 'pending', signal }).then(
      ({ total, items }) => total ?? items.length,
      () => null,
    ),
  ]);
  Object.assign(found, { agents, waiting });
}

function statusView(): View<Status> {
  return {
    kind: 'record',
    fields: [
      {
        key: 'server',
        title: 'Server',
        value: ({ server, embedded }) =>
          server === null ? ours('the control plane on this machine') : asUntrusted(embedded ? `${server} (embedded)` : server),
      },
      { key: 'link', title: 'Link', value: ({ reachable }) => ours(reachable ? 'answers' : 'does not answer') },
      {
        key: 'serverVersion',
        title: 'Version',
        value: ({ product, serverVersion }) =>
          serverVersion === null ? null : asUntrusted(`${product ?? ''} ${serverVersion}`.trim()),
      },
      { key: 'email', title: 'Signed in', value: ({ signedIn, email }) => (signedIn ? email : ours('no')) },
      { key: 'role', title: 'Role', value: ({ role }) => (role === null ? null : ours(role)) },
      { key: 'store', title: 'Sign-in kept', value: ({ store }) => (store === null ? null : ours(storeWords[store])) },
      { key: 'tokenExpiresAt', title: 'Token ends', value: ({ tokenExpiresAt }) => tokenExpiresAt, format: 'time' },
      { key: 'profile', title: 'Profile', value: ({ profile }) => asUntrusted(profile) },
      { key: 'agents', title: 'Agents', value: ({ agents }) => agents, format: 'number' },
      { key: 'waiting', title: 'Waiting', value: ({ waiting }) => waiting, format: 'number' },
      { key: 'problem', title: 'Problem', value: ({ problem }) => (problem === null ? null : asUntrusted(problem.message)) },
      { key: 'hint', title: 'Next', value: ({ problem }) => (problem?.hint ? asUntrusted(problem.hint) : null) },
    ],
    next: ({ waiting }) => (waiting ? 'What waits: aim approvals ls' : null),
  };
}

const storeWords: Record<Connection['keptIn'], string> = {
  keychain: 'in the keychain',
  file: 'in the file that all AIM SDKs share',
  memory: 'nowhere: it ends with this process',
  environment: 'AIM_TOKEN',
  embedded: 'the key of the control plane on this machine',
};
