// The certificate that the server shows: read from files, checked, and read again when somebody has renewed it.

import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { UsageError } from '../../errors.ts';

export type TlsFiles = { cert: string; key: string };
export type Certificate = { cert: Buffer; key: Buffer };

/** @throws UsageError `serve.tls` where a file cannot be read, is none, has expired, or the two do not belong together. */
export function readCertificate({ cert, key }: TlsFiles, now: number): Certificate {
  const pair = { cert: read(cert, 'tlsCert'), key: read(key, 'tlsKey') };
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(pair.cert);
    createSecureContext(pair);
  } catch (cause) {
    throw refuse(`${cert} and ${key} are no certificate with its key: ${(cause as Error).message}.`, 'tlsCert', cause);
  }
  if (Date.parse(leaf.validTo) <= now) throw refuse(`The certificate in ${cert} has expired (${leaf.validTo}).`, 'tlsCert');
  return pair;
}

/** Whether who comes by this name, or this address, is shown a certificate for it. */
export function isFor({ cert }: Pick<TlsFiles, 'cert'>, hostname: string): boolean {
  const leaf = new X509Certificate(read(cert, 'tlsCert'));
  const host = hostname.replace(/^\[|\]$/g, '');
  return (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined;
}

/** Whether others than the owner may read the key. Windows has no such bits. */
export const isReadableByOthers = (file: string): boolean =>
  process.platform !== 'win32' && (statSync(file).mode & 0o007) !== 0;

export type Renewal = { stop(): void };

/** Hands every later pair over; one that cannot be used is told to `failed`, and the one before stays in use. */
export function followCertificate(
  files: TlsFiles,
  clock: () => number,
  renewed: (pair: Certificate) => void,
  failed: (error: unknown) => void,
  lookEvery = LOOK_EVERY,
): Renewal {
  let last = stateOf(files);
  const timer = setInterval(() => {
    const state = stateOf(files);
    if (state === last) return;
    last = state;
    try {
      renewed(readCertificate(files, clock()));
    } catch (error) {
      failed(error);
    }
  }, lookEvery);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

const LOOK_EVERY = 60_000;

function stateOf({ cert, key }: TlsFiles): string {
  try {
    return [cert, key].map((file) => statSync(file).mtimeMs).join(' ');
  } catch {
    return 'unreadable';
  }
}

function read(file: string, field: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw refuse(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, field, cause);
  }
}

const refuse = (message: string, field: string, cause?: unknown): UsageError =>
  new UsageError('serve.tls', {
    message,
    next: 'Give the chain with --tls-cert and its key with --tls-key, both as PEM files.',
    field,
    cause,
  });
