// `aim serve`: a control plane in this process, from its first start to a clean stop.

import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { type Action, type ActionContext, defineAction } from '../action.ts';
import { checkExposure, isLoopback, listenAddress } from './listen-address.ts';

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;

const serve = defineAction({
  id: 'serve',
  summary: 'Run a control plane',
  description:
    'Keeps everything in its data folder (SQLite), or with --database in PostgreSQL. At its first start AIM_ADMIN_EMAIL and AIM_ADMIN_PASSWORD make the first administrator; without them a password is generated and printed once.',
  examples: [
    { command: 'serve --listen 127.0.0.1:8080 --data ./aim', summary: 'On this machine' },
    {
      command: 'serve --listen 0.0.0.0:8080 --behind-tls-proxy --public-url https://aim.example',
      summary: 'For a team, behind a proxy with TLS',
    },
  ],
  args: {},
  options: {
    listen: {
      summary: 'Address and port; port 0 takes the one of the last run, or any',
      value: 'HOST:PORT',
      schema: z.string().default('127.0.0.1:0'),
    },
    data: { summary: 'The data folder', value: 'DIR', schema: z.string().min(1).optional() },
    database: {
      summary: 'Use PostgreSQL: postgres://user@host/name (or AIM_DATABASE, which keeps a password out of ps)',
      value: 'URL',
      schema: z
        .string()
        .regex(/^postgres(ql)?:\/\//, 'it does not begin with postgres://')
        .optional(),
      env: 'AIM_DATABASE',
    },
    publicUrl: { summary: 'What people and agents call it', value: 'URL', schema: z.url().optional(), env: 'AIM_PUBLIC_URL' },
    behindTlsProxy: { summary: 'A proxy in front speaks TLS', schema: z.boolean().default(false) },
    allowPlainHttp: {
      summary: 'Listen beyond this machine without TLS: sign-ins travel in the clear',
      schema: z.boolean().default(false),
    },
    embedded: { summary: 'End when no dashboard or command uses it any more', schema: z.boolean().default(false) },
    logLevel: { summary: 'What to log on standard error, as JSON lines', schema: z.enum(logLevels).default('warn') },
  },
  needs: 'none',
  commandLineOnly: true,
  run: async (context, _, options) => {
    const address = listenAddress(options.listen);
    checkExposure(address, options.behindTlsProxy || options.allowPlainHttp);
    if (options.embedded && !isLoopback(address.host)) {
      throw new UsageError('serve.embedded', {
        message: 'An embedded control plane listens on this machine only.',
        next: 'Leave --embedded away, or listen on 127.0.0.1.',
      });
    }
    if (options.allowPlainHttp && !isLoopback(address.host))
      context.io.note('aim: INSECURE: sign-ins travel in the clear (--allow-plain-http).');
    await runUntilStopped(context, {
      ...address,
      // Not the folder of the embedded one: the two are different control planes, with different people.
      data: options.data ?? (options.embedded ? context.settings.paths.data : join(context.settings.paths.state, 'server')),
      database: options.database,
      publicUrl: options.publicUrl,
      embedded: options.embedded,
      logLevel: options.logLevel,
    });
  },
  view: { kind: 'none' },
});

type ServeOptions = {
  host: string;
  port: number;
  data: string;
  database: string | undefined;
  publicUrl: string | undefined;
  embedded: boolean;
  logLevel: (typeof logLevels)[number];
};

async function runUntilStopped({ io, signal }: ActionContext, { logLevel, ...options }: ServeOptions): Promise<void> {
  const [{ startControlPlane }, { default: pino }] = await Promise.all([
    import('../../src/control-plane/start.ts'),
    import('pino'),
  ]);
  const unused = Promise.withResolvers<void>();
  const controlPlane = await startControlPlane({
    ...options,
    adminEmail: io.env['AIM_ADMIN_EMAIL'] || undefined,
    adminPassword: io.env['AIM_ADMIN_PASSWORD'] || undefined,
    logger: pino({ level: logLevel }, pino.destination(2)),
    onUnused: unused.resolve,
  });
  const { url, instanceId, admin, passwordFile } = controlPlane;
  const generated = passwordFile === null ? admin.password : undefined;
  if (io.json) io.stdout.write(`${JSON.stringify({ url, instanceId, admin: { email: admin.email, password: generated } })}\n`);
  else io.stdout.write(`listening on ${url}\n`);
  if (!io.json && generated !== undefined) {
    io.stdout.write(`First administrator: ${admin.email}\nPassword, shown only now: ${generated}\n`);
  }
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([interrupted, unused.promise]);
  await controlPlane.stop();
}

export const serveActions: readonly Action[] = [serve];
