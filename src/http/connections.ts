// Connections that are kept and used again, through the proxy and with the certificates that the environment names.

import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { ConfigurationError } from '../errors.ts';

export type Connections = { http: http.Agent; https: https.Agent; close(): void };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A pool for one server. Proxies by HTTP_PROXY, HTTPS_PROXY and NO_PROXY (Node ≥ 22.21), except to this machine itself;
 * certificates by NODE_EXTRA_CA_CERTS (Node's own) and SSL_CERT_FILE.
 * @throws ConfigurationError where SSL_CERT_FILE cannot be read.
 */
export function openConnections(server: URL, env: Environment = process.env): Connections {
  const proxyEnv = isThisMachine(server.hostname) ? undefined : proxiesOf(env);
  const shared = { keepAlive: true, maxFreeSockets: 32, scheduling: 'lifo' as const, ...(proxyEnv && { proxyEnv }) };
  const certificates = server.protocol === 'https:' ? extraCertificates(env['SSL_CERT_FILE']) : undefined;
  const pool = {
    http: new http.Agent(shared),
    https: new https.Agent({ ...shared, ...(certificates && { ca: certificates }) }),
  };
  return {
    ...pool,
    close: () => {
      pool.http.destroy();
      pool.https.destroy();
    },
  };
}

/** Loopback by name or address. Credentials for a control plane on this machine must not travel to a proxy. */
export function isThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

function proxiesOf(env: Environment): Record<string, string> | undefined {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
  const set = names.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

function extraCertificates(path: string | undefined): string[] | undefined {
  if (!path) return undefined;
  try {
    return [...rootCertificates, readFileSync(path, 'utf8')];
  } catch (error) {
    throw new ConfigurationError('settings.certificates', {
      message: `The certificates in SSL_CERT_FILE cannot be read: ${path}`,
      next: 'Point SSL_CERT_FILE at a PEM file, or unset it.',
      field: 'SSL_CERT_FILE',
      cause: error,
    });
  }
}
