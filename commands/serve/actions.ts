// `aim serve`: a control plane in this process or in the background, and looking after it.

import { AIMError, ExitCode } from '../../src/errors.ts';
import { type Action, defineAction } from '../action.ts';
import { detach } from './detach.ts';
import { listenAddress } from './listen-address.ts';
import { serveOptions } from './options.ts';
import { checkServe, firstWords, runUntilStopped } from './run.ts';
import { upkeepActions } from './upkeep.ts';

const serve = defineAction({
  id: 'serve',
  summary: 'Run a control plane',
  description:
    'Keeps everything in its data folder (SQLite), or with --database in PostgreSQL, where several instances act as one. At its first start AIM_ADMIN_EMAIL and AIM_ADMIN_PASSWORD make the first administrator; without them a password is generated and printed once. Beyond this machine it wants TLS and refuses weak settings, unless told otherwise in words.',
  examples: [
    { command: 'serve --listen 127.0.0.1:8080 --data ./aim', summary: 'On this machine' },
    { command: 'serve --detach', summary: 'In the background' },
    {
      command: 'serve --listen 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem --public-url https://aim.example:8443',
      summary: 'For a team, with TLS',
    },
    {
      command: 'serve --listen 0.0.0.0:8080 --behind-tls-proxy --public-url https://aim.example',
      summary: 'For a team, behind a proxy with TLS',
    },
  ],
  args: {},
  options: serveOptions,
  needs: 'none',
  commandLineOnly: true,
  actsHere: true,
  run: async (context, _, options) => {
    const address = listenAddress(options.listen);
    checkServe(address, options);
    if (!options.detach) {
      await runUntilStopped(context, address, options);
      // Ctrl-C is told as everywhere; a service manager that stops it with SIGTERM has it end well.
      const { aborted, reason } = context.signal;
      return aborted && reason instanceof AIMError && reason.exitCode === ExitCode.Interrupted ? reason.exitCode : ExitCode.Ok;
    }
    const { url, pid, log, admin } = await detach(context, options);
    const { stdout, json } = context.io;
    if (json) stdout.write(`${JSON.stringify({ url, pid, log, admin })}\n`);
    else stdout.write(`listening on ${url}, process ${pid}\n${firstWords(url, admin.email, admin.password)}`);
    return ExitCode.Ok;
  },
  view: { kind: 'none' },
  exitCode: (code) => code,
});

export const serveActions: readonly Action[] = [serve, ...upkeepActions];
