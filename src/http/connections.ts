// Connections that are kept and used again, through the proxy and with the certificates that settings or the environment name.

import { readFileSync } from 'node:fs';
import type http from 'node:http';
import type https from 'node:https';
import { ConfigurationError } from '../errors.ts';
import { isExcepted } from './no-proxy.ts';

/** How requests reach one server. */
export type Route = {
  /** Whether they go straight there: no proxy is named for it. */
  isDirect: boolean;
  /** The host of the proxy that they go through, as it may be said. */
  proxy: string | null;
  /** Certificates, for a server that speaks TLS. */
  tls: https.AgentOptions;
  /** The proxies that are named, where one is. */
  proxyEnv: Record<string, string> | undefined;
  /** A pool of Node's own client, which knows proxies. Made with the first call. */
  agent(): http.Agent;
  close(): void;
};

export type ConnectionOptions = {
  /** `http://host:port`. Default: HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  proxy?: string | null | undefined;
  /** PEM files. `caFile` is trusted beside the usual authorities. Default: SSL_CERT_FILE; NODE_EXTRA_CA_CERTS is Node's own. */
  caFile?: string | null | undefined;
  clientCertificate?: string | null | undefined;
  clientKey?: string | null | undefined;
  env?: Readonly<Record<string, string | undefined>> | undefined;
};

/**
 * The way to one server. Proxies need Node ≥ 22.21; this machine itself is never reached through one.
 * @throws ConfigurationError where a file that is named cannot be read.
 */
export function routeTo(server: URL, options: ConnectionOptions = {}): Route {
  const { env = process.env } = options;
  const isSecure = server.protocol === 'https:';
  const named = isThisMachine(server.hostname) ? undefined : proxiesOf(options.proxy, env);
  const proxyEnv = named && isExcepted(server, named['NO_PROXY'] || named['no_proxy'] || '') ? undefined : named;
  const tls = isSecure ? certificatesOf(options, env) : {};
  const shared = { keepAlive: true, maxFreeSockets: 32, scheduling: 'lifo' as const, ...(proxyEnv && { proxyEnv }) };
  const [upper, lower] = isSecure ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const through = proxyEnv?.[lower] || proxyEnv?.[upper] || null;
  let agent: http.Agent | undefined;
  return {
    isDirect: through === null,
    proxy: through === null ? null : hostOf(through, options.proxy ? 'proxy' : upper),
    tls,
    proxyEnv,
    agent() {
      agent ??= isSecure
        ? new (process.getBuiltinModule('node:https').Agent)({ ...shared, ...tls })
        : new (process.getBuiltinModule('node:http').Agent)(shared);
      return agent;
    },
    close: () => agent?.destroy(),
  };
}

/** Loopback by name or address. Credentials for a control plane on this machine must not travel to a proxy. */
function isThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

type Environment = NonNullable<ConnectionOptions['env']>;

function proxiesOf(proxy: string | null | undefined, env: Environment): Record<string, string> | undefined {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
  const set = Object.fromEntries(
    names.flatMap((name) => {
      const said = env[name]?.trim();
      if (!said) return [];
      // `proxy:3128`, as curl takes it.
      return [[name, /^no_proxy$/i.test(name) || said.includes('://') ? said : `http://${said}`] as const];
    }),
  );
  if (proxy) return { NO_PROXY: set['NO_PROXY'] ?? set['no_proxy'] ?? '', HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  return Object.keys(set).length === 0 ? undefined : set;
}

function hostOf(proxy: string, field: string): string {
  const address = URL.parse(proxy);
  if (address !== null && /^https?:$/.test(address.protocol) && address.host !== '') return address.host;
  throw new ConfigurationError('settings.proxy', {
    message: `The proxy that ${field} names is no http or https address.`,
    next: `Give it as http://HOST:PORT, or leave ${field} out.`,
    field,
  });
}

function certificatesOf({ caFile, clientCertificate, clientKey }: ConnectionOptions, env: Environment): https.AgentOptions {
  const ca = caFile ? pem(caFile, 'caFile') : env['SSL_CERT_FILE'] ? pem(env['SSL_CERT_FILE'], 'SSL_CERT_FILE') : undefined;
  return {
    // With those of NODE_EXTRA_CA_CERTS, which a list of one's own would put aside.
    ...(ca !== undefined && { ca: [...process.getBuiltinModule('node:tls').getCACertificates('default'), ca] }),
    ...(clientCertificate && { cert: pem(clientCertificate, 'clientCertificate') }),
    // In no file and on no command line: a key that is locked is opened with what the environment says.
    ...(clientKey && { key: pem(clientKey, 'clientKey'), passphrase: env['AIM_CLIENT_KEY_PASSPHRASE'] }),
  };
}

function pem(path: string, field: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(field, `cannot be read: ${path}`, error);
  }
  if (!text.includes('-----BEGIN ')) throw unusable(field, `holds no certificate or key in PEM: ${path}`);
  return text;
}

const unusable = (field: string, what: string, cause?: unknown): ConfigurationError =>
  new ConfigurationError('settings.certificates', {
    message: `The file that ${field} names ${what}`,
    next: `Point ${field} at a PEM file, or leave it out.`,
    field,
    cause,
  });
