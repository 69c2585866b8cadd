// Where `aim serve` may listen: on this machine freely, elsewhere only behind TLS or when told so in words.

import { UsageError } from '../../src/errors.ts';

export type ListenAddress = { host: string; port: number };

/** `127.0.0.1:8080`, `[::1]:0`, `:8080` (loopback), `8080`. @throws UsageError for anything else. */
export function listenAddress(text: string): ListenAddress {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([\w.-]*)):)?(\d{1,5})$/i.exec(text.trim());
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new UsageError('serve.listen', {
      message: `--listen ${JSON.stringify(text)} is no address with a port.`,
      next: 'Give it as 127.0.0.1:8080; port 0 takes any that is free.',
      field: 'listen',
    });
  }
  return { host: match[1] || match[2] || '127.0.0.1', port };
}

export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** @throws UsageError where sign-ins would travel in the clear and nobody said that this is meant. */
export function checkExposure({ host }: ListenAddress, isTold: boolean): void {
  if (isLoopback(host) || isTold) return;
  throw new UsageError('serve.plain-http', {
    message: `On ${host} everybody on the network could read sign-ins: aim serve speaks plain HTTP.`,
    next: 'Put a proxy with TLS in front and say --behind-tls-proxy, or accept it with --allow-plain-http.',
    field: 'listen',
  });
}
