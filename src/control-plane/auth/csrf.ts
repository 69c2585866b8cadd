// Ties a form to the browser that it was shown in, without a session: a cookie, and a token over it and what the form is about.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const newVisitor = (): string => randomBytes(16).toString('base64url');

export const visitorCookie = (visitor: string, path: string, publicUrl: string): string =>
  `${COOKIE}=${visitor}; HttpOnly; SameSite=Strict; Path=${path}; Max-Age=900${publicUrl.startsWith('https:') ? '; Secure' : ''}`;

export function csrfToken(key: Uint8Array, visitor: string, about: readonly string[]): string {
  return createHmac('sha256', key)
    .update([visitor, ...about].join('\n'))
    .digest('base64url');
}

export function isOurForm(key: Uint8Array, cookies: string | undefined, csrf: string, about: readonly string[]): boolean {
  const visitor = /(?:^|;\s*)aim_sign_in=([A-Za-z0-9_-]+)/.exec(cookies ?? '')?.[1];
  if (visitor === undefined) return false;
  const expected = Buffer.from(csrfToken(key, visitor, about));
  const given = Buffer.from(csrf);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

const COOKIE = 'aim_sign_in';
