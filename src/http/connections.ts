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
  let agent: http.Agent | undefined;
  return {
    isDirect: !proxyEnv?.[isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY'] && !proxyEnv?.[isSecure ? 'https_proxy' : 'http_proxy'],
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
  const set = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])));
  if (proxy) return { NO_PROXY: set['NO_PROXY'] ?? set['no_proxy'] ?? '', HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  return Object.keys(set).length === 0 ? undefined : set;
}

function certificatesOf({ caFile, clientCertificate, clientKey }: ConnectionOptions, env: Environment): https.AgentOptions {
  const ca = caFile ? pem(caFile, 'caFile') : env['SSL_CERT_FILE'] ? pem(env['SSL_CERT_FILE'], 'SSL_CERT_FILE') : undefined;
  return {
    // With those of NODE_EXTRA_CA_CERTS, which a list of one's own would put aside.
    ...(ca !== undefined && { ca: [...process.getBuiltinModule('node:tls').getCACertificates('default'), ca] }),
    ...(clientCertificate && { cert: pem(clientCertificate, 'clientCertificate') }),
    ...(clientKey && { key: pem(clientKey, 'clientKey') }),
  };
}

function pem(path: string, field: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError('settings.certificates', {
      message: `The file that ${field} names cannot be read: ${path}`,
      next: `Point ${field} at a PEM file, or leave it out.`,
      field,
      cause: error,
    });
  }
}
