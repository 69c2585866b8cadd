// A control plane in this process, from its start to a clean stop.

import { setFlagsFromString } from 'node:v8';
import type { OidcSettings } from '../../src/control-plane/auth/oidc.ts';
import { UsageError } from '../../src/errors.ts';
import type { Role } from '../../src/wire/session.ts';
import type { ActionContext, OptionValues } from '../action.ts';
import { checkExposure, isLoopback, type ListenAddress } from './listen-address.ts';
import { type serveOptions, serverFolder } from './options.ts';

export type ServeValues = OptionValues<typeof serveOptions>;

/** @throws UsageError for what does not go together, before anything is started. */
export function checkServe(address: ListenAddress, options: ServeValues): void {
  const { tlsCert, tlsKey, embedded, detach } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('serve.tls', {
      message: `--tls-${tlsCert === undefined ? 'key needs --tls-cert' : 'cert needs --tls-key'}.`,
      next: 'Give both, as PEM files.',
      field: 'tlsCert',
    });
  }
  checkExposure(address, tlsCert !== undefined || options.behindTlsProxy || options.allowPlainHttp);
  if ((options.oidcIssuer === undefined) !== (options.oidcClientId === undefined)) {
    throw new UsageError('serve.oidc', {
      message: `--oidc-${options.oidcIssuer === undefined ? 'client-id needs --oidc-issuer' : 'issuer needs --oidc-client-id'}.`,
      next: 'Give both, as the provider names them.',
      field: 'oidcIssuer',
    });
  }
  if (embedded && (!isLoopback(address.host) || tlsCert !== undefined || detach)) {
    throw new UsageError('serve.embedded', {
      message: 'An embedded control plane listens on this machine only, without TLS, and is started by who uses it.',
      next: 'Leave --embedded away, or the other option.',
    });
  }
}

export async function runUntilStopped(
  { io, signal, settings }: ActionContext,
  address: ListenAddress,
  options: ServeValues,
): Promise<void> {
  const { tlsCert, tlsKey, embedded } = options;
  // It looks for garbage at twice what is in use. Left alone, V8 waits for several times that where a machine has the memory.
  setFlagsFromString('--heap-growing-percent=100');
  const [{ startControlPlane }, { createLogger }] = await Promise.all([
    import('../../src/control-plane/start.ts'),
    import('../../src/control-plane/operation/logger.ts'),
  ]);
  if (options.allowPlainHttp && !isLoopback(address.host))
    io.note('aim: INSECURE: sign-ins travel in the clear (--allow-plain-http).');
  const { readChannels } = await import('../../src/notify/channels.ts');
  const notify = options.notify === undefined ? [] : await readChannels(options.notify, io.env);
  const unused = Promise.withResolvers<void>();
  const controlPlane = await startControlPlane({
    ...address,
    data: options.data ?? (embedded ? settings.paths.data : serverFolder(settings)),
    database: options.database,
    durability: options.durability,
    publicUrl: options.publicUrl,
    notify,
    onCall: options.onCall,
    tickets: options.tickets,
    embedded,
    tls: tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey },
    refuseWeak: (!isLoopback(address.host) || options.behindTlsProxy) && !options.allowWeakSettings,
    oidc: oidcOf(options),
    keepEventsDays: options.keepEvents,
    adminEmail: io.env['AIM_ADMIN_EMAIL'] || undefined,
    adminPassword: io.env['AIM_ADMIN_PASSWORD'] || undefined,
    logger: createLogger(options.logLevel),
    onUnused: unused.resolve,
  });
  const { url, instanceId, admin, passwordFile } = controlPlane;
  const generated = passwordFile === null ? admin.password : undefined;
  if (io.json) io.stdout.write(`${JSON.stringify({ url, instanceId, admin: { email: admin.email, password: generated } })}\n`);
  else io.stdout.write(`listening on ${url}\n${firstWords(url, admin.email, generated)}`);
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([interrupted, unused.promise]);
  await controlPlane.stop();
}

function oidcOf({ oidcIssuer, oidcClientId, ...options }: ServeValues): OidcSettings | undefined {
  if (oidcIssuer === undefined) return undefined;
  return {
    issuer: oidcIssuer,
    clientId: oidcClientId ?? '',
    clientSecret: options.oidcClientSecret,
    scope: options.oidcScope,
    groupsClaim: options.oidcGroups,
    roles: options.oidcRole?.map((pair) => {
      const [role, ...group] = pair.split('=');
      return { role: role as Role, group: group.join('=') };
    }),
    otherwise: options.oidcOtherwise,
  };
}

export const firstWords = (url: string, email: string, generated: string | undefined): string =>
  generated === undefined
    ? ''
    : `First administrator: ${email}\nPassword, shown only now: ${generated}\nSign in: aim login --server ${url}\n`;
