// `aim login`: in the browser where there is one, on another device over SSH, or with a password from standard input.

import { z } from 'zod';
import type { Session } from '../../src/auth/session.ts';
import { UsageError } from '../../src/errors.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { readText } from '../read-options.ts';
import { registerReviewKey } from './register-review-key.ts';
import { latestAccount, rememberAccount } from './remember-account.ts';
import { rememberServer } from './remember-server.ts';

export type SignedIn = { server: string; email: string | null; store: Session['kept'] };

export const login = defineAction({
  id: 'login',
  summary: 'Sign in to a server',
  description:
    'Opens the sign-in page in the browser (PKCE). Over SSH, or with --device, it shows a code to enter on another device. The sign-in is kept in the keychain where one is usable, else in the file that all AIM SDKs share (--store file for always).',
  examples: [
    { command: 'login --server https://aim.example', summary: 'In the browser' },
    {
      command: 'login --server https://aim.example --email me@example.com --password-stdin < password',
      summary: 'In a script',
    },
    { command: 'login --server https://aim.example --no-browser', summary: 'Print the address instead of opening it' },
  ],
  args: {},
  options: {
    email: {
      summary: 'Sign in with this e-mail address and a password',
      value: 'ADDRESS',
      schema: z
        .string()
        .regex(/^\S+@\S+$/, 'it is no e-mail address')
        .optional(),
    },
    passwordStdin: { summary: 'Read the password from standard input', schema: z.boolean().default(false) },
    browser: { summary: 'Print the address of the sign-in page instead of opening it', schema: z.boolean().default(true) },
    device: { summary: 'Show a code to enter on another device', schema: z.boolean().default(false) },
    store: { summary: 'Where to keep the sign-in', schema: z.enum(['auto', 'file', 'keychain']).optional() },
  },
  needs: 'none',
  commandLineOnly: true,
  actsHere: true,
  run: async (context, _, options): Promise<SignedIn> => {
    const server = serverToSignInTo(context);
    const before = await latestAccount(server, context);
    const session = await signIn(server, context, options);
    await rememberServer(session.server, context);
    await rememberAccount(session, before, context);
    await registerReviewKey(session, context);
    return { server: session.server, email: session.email, store: session.kept };
  },
  view: {
    kind: 'text',
    lines: ({ server, email, store }) => [
      [ours('Signed in to '), asUntrusted(server), ...(email === null ? [] : [ours(' as '), asUntrusted(email)]), ours('.')],
      [
        ours(
          store === 'keychain'
            ? 'The sign-in is kept in the keychain.'
            : 'The sign-in is kept in ~/.aim, readable by you alone.',
        ),
      ],
    ],
  },
});

type LoginOptions = {
  email?: string | undefined;
  passwordStdin: boolean;
  browser: boolean;
  device: boolean;
  store?: 'auto' | 'file' | 'keychain' | undefined;
};

// A checkout must not choose to whom a password is sent.
function serverToSignInTo({ settings }: ActionContext): string {
  const { value, layer, source } = settings.explain('server');
  if (value === null) {
    throw new UsageError('login.server', {
      message: 'Sign in to which server?',
      next: 'Say it: aim login --server URL',
      field: 'server',
    });
  }
  if (layer === 'project') {
    throw new UsageError('login.project-server', {
      message: `Only ${source} names the server ${value}, and that file came with the project.`,
      next: `If it is the right one, say so: aim login --server ${value}`,
      field: 'server',
    });
  }
  return String(value);
}

async function signIn(server: string, context: ActionContext, options: LoginOptions): Promise<Session> {
  const { settings, signal, io } = context;
  // Said even with --quiet: without it nobody can sign in.
  const note = (text: string) => void io.stderr.write(`${visible(text, { lines: 'many' })}\n`);
  const { reachWith } = await import('../connection.ts');
  const store = options.store ?? settings.get('store');
  const shared = { server, paths: settings.paths, store, reach: reachWith(settings, io), signal };
  if (options.email !== undefined || options.passwordStdin) {
    const { loginWithPassword } = await import('../../src/auth/login-password.ts');
    return loginWithPassword({ ...shared, ...(await emailAndPassword(options, context)) });
  }
  if (options.device || (options.browser && isRemote(io.env))) {
    const { loginWithDevice } = await import('../../src/auth/login-device.ts');
    return loginWithDevice({ ...shared, note });
  }
  const { loginWithBrowser } = await import('../../src/auth/login-browser.ts');
  return loginWithBrowser({ ...shared, openBrowser: options.browser, note });
}

async function emailAndPassword({ email, passwordStdin }: LoginOptions, { io, signal }: ActionContext) {
  if (email === undefined) {
    throw new UsageError('login.email', {
      message: 'A password needs the e-mail address that it belongs to.',
      next: 'Add --email ADDRESS',
      field: 'email',
    });
  }
  if (passwordStdin) return { email, password: await readText('-', '--password-stdin', io) };
  if (!io.mayAsk) {
    throw new UsageError('login.password', {
      message: 'The password cannot be asked for here.',
      next: 'Pipe it in: aim login --email ADDRESS --password-stdin',
      field: 'password',
    });
  }
  const { askSecret } = await import('../ask-secret.ts');
  return { email, password: await askSecret('Password: ', io, signal) };
}

/** Over SSH the browser is on another machine, and so is the loopback address that it would be sent back to. */
const isRemote = (env: ActionContext['io']['env']) =>
  Boolean(env['SSH_CONNECTION'] || env['SSH_TTY'] || env['SSH_CLIENT']) && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
