// The way that a call takes, in options of curl: the proxy and the certificates of the settings. Paths and variables, never what is in them.

import { type ConnectionOptions, routeTo } from '../src/http/connections.ts';
import { shellWord } from './confirm.ts';

/** Words for the line, each as a shell takes it. */
export function curlWay(url: URL, options: ConnectionOptions): string[] {
  return [...proxyWords(url, options), ...(url.protocol === 'https:' ? certificateWords(options) : [])];
}

function proxyWords(url: URL, options: ConnectionOptions): string[] {
  const { env = process.env, proxy } = options;
  const { isDirect } = routeTo(url, { proxy, env });
  // What curl would read, and what this program did not follow: nothing leads from here to this machine itself.
  if (isDirect) return READ_BY_CURL.some((name) => env[name]) ? ['--noproxy', shellWord('*')] : [];
  if (proxy) return throughProxy(proxy);
  // In capitals curl does not read this one.
  return url.protocol === 'http:' && env['HTTP_PROXY'] && !env['http_proxy'] ? ['--proxy', '"$HTTP_PROXY"'] : [];
}

const READ_BY_CURL = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

function throughProxy(proxy: string): string[] {
  const address = new URL(proxy);
  const signsIn = address.username !== '' || address.password !== '';
  return ['--proxy', shellWord(address.origin), ...(signsIn ? ['--proxy-user', '"$AIM_PROXY_USER"'] : [])];
}

function certificateWords({ caFile, clientCertificate, clientKey, env = process.env }: ConnectionOptions): string[] {
  return [
    ...(caFile ? ['--cacert', shellWord(caFile)] : []),
    // Behind a colon curl reads a passphrase.
    ...(clientCertificate ? ['--cert', shellWord(clientCertificate.replaceAll(/[\\:]/g, '\\$&'))] : []),
    ...(clientKey ? ['--key', shellWord(clientKey)] : []),
    ...(clientKey && env['AIM_CLIENT_KEY_PASSPHRASE'] ? ['--pass', '"$AIM_CLIENT_KEY_PASSPHRASE"'] : []),
  ];
}
