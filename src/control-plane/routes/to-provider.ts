// The way to the identity provider: a button in a form, and the page that leads there.

import type { Oidc, Purpose } from '../auth/oidc.ts';
import type { Answer, Call } from '../route.ts';
import { escapeHtml, page } from '../views/page.ts';

/** A page that leads to the provider. Not a redirect: browsers hold that against the form that was sent before it. */
export async function toProvider(call: Call<unknown, unknown>, oidc: Oidc, purpose: Purpose): Promise<Answer> {
  const { location, visitor } = await oidc.begin(call.services, purpose, call.now);
  const secure = call.services.publicUrl.startsWith('https:') ? '; Secure' : '';
  return page(
    200,
    'Sign in',
    `<meta http-equiv="refresh" content="0;url=${escapeHtml(location)}"><h1>Sign in at ${escapeHtml(oidc.label)}</h1><p><a href="${escapeHtml(location)}">Go on to ${escapeHtml(oidc.label)}</a></p>`,
    // Lax: the provider sends the browser back from its own site.
    { headers: { 'Set-Cookie': `aim_oidc=${visitor}; HttpOnly; SameSite=Lax; Path=/auth/oidc; Max-Age=600${secure}` } },
  );
}

/** One more button of a form with a password. */
export const providerButton = (oidc: Oidc | null, words: string): string =>
  oidc === null
    ? ''
    : `<button type="submit" name="with" value="provider" formnovalidate>${escapeHtml(`${words} ${oidc.label}`)}</button>`;
