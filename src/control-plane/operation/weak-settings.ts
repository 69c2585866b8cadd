// Settings that are no matter on one machine and an open door on a network: each in a sentence.

import type { Kysely } from 'kysely';
import { isPassword } from '../auth/password.ts';
import type { Schema } from '../database/schema.ts';
import { isFor, isReadableByOthers, type TlsFiles } from './certificate.ts';

export type Exposed = {
  adminPassword?: string | undefined;
  tls?: TlsFiles | undefined;
  database?: string | undefined;
  publicUrl?: string | undefined;
};

/** What is weak in what was given at the start. */
export function weakSettings({ adminPassword, tls, database, publicUrl }: Exposed): string[] {
  return [
    ...(adminPassword !== undefined && isWeakPassword(adminPassword)
      ? [`AIM_ADMIN_PASSWORD is short or widely known (it needs ${LEAST_CHARACTERS} characters)`]
      : []),
    ...(tls !== undefined && isReadableByOthers(tls.key) ? [`everybody on this machine may read the key ${tls.key}`] : []),
    ...(tls !== undefined && publicUrl !== undefined && !isFor(tls, new URL(publicUrl).hostname)
      ? [`the certificate in ${tls.cert} is not for ${new URL(publicUrl).hostname}, as --public-url calls it`]
      : []),
    ...(database !== undefined && isOpenConnection(database)
      ? ['the connection to PostgreSQL goes over the network in the clear']
      : []),
    ...(publicUrl?.startsWith('http:') ? ['--public-url is plain http, so people would sign in in the clear'] : []),
  ];
}

/** Accounts of administrators whose password is one that everybody tries first. */
export async function accountsWithKnownPasswords(queries: Kysely<Schema>): Promise<string[]> {
  const rows = await queries
    .selectFrom('users')
    .select(['email', 'passwordHash'])
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .where('passwordHash', 'is not', null)
    .orderBy('createdAt')
    .limit(5)
    .execute();
  const found: string[] = [];
  for (const { email, passwordHash } of rows) {
    const matches = await Promise.all(KNOWN.map((password) => isPassword(password, passwordHash)));
    if (matches.includes(true)) found.push(email);
  }
  return found;
}

const LEAST_CHARACTERS = 12;
// AIM's own default first; then what lists of leaked passwords begin with.
const KNOWN = ['AIM2025!Secure', 'password', 'admin', 'admin123', 'changeme', 'aim', '12345678', 'Password1!'];

const isWeakPassword = (password: string): boolean =>
  password.length < LEAST_CHARACTERS ||
  new Set(password).size < 5 ||
  KNOWN.some((known) => known.toLowerCase() === password.toLowerCase());

function isOpenConnection(location: string): boolean {
  const { hostname, searchParams } = new URL(location);
  const isHere =
    hostname === '' ||
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    hostname.startsWith('127.') ||
    searchParams.get('host')?.startsWith('/') === true;
  const mode = searchParams.get('sslmode');
  return !isHere && (mode === null || ['disable', 'allow', 'prefer'].includes(mode));
}
