// The page on which a person signs in for a program that waits on this machine: plain HTML, no script (PKCE, wire-auth §1.1).

import { createHash, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { type AuthorizeQuery, authorizeQuery, loginForm } from '../../wire/requests/sign-in.ts';
import { accountByPassword } from '../auth/by-password.ts';
import { csrfToken, isOurForm, newVisitor, visitorCookie } from '../auth/csrf.ts';
import type { UserTable } from '../database/tables/people.ts';
import { Refusal } from '../refusal.ts';
import { Answer, type Call, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { escapeHtml, page } from '../views/page.ts';
import { providerButton, toProvider } from './to-provider.ts';

const CODE_LIFETIME = 5 * 60 * 1000;

export const signInPageRoutes: Route[] = [
  route('GET /auth/login', {
    summary: 'The sign-in page of the authorization code flow with PKCE',
    access: { anyone: true },
    limit: 'strict',
    run: ({ services, query }) => {
      const asked = authorizeQuery.safeParse(query);
      return asked.success ? form(services, asked.data) : unusable(asked.error);
    },
  }),
  route('POST /auth/login', {
    summary: 'Signs in and sends the browser back with a code',
    access: { anyone: true },
    limit: 'strict',
    run: async (call) => {
      const { services, text, origin, headers, now } = call;
      const sent = loginForm.safeParse(Object.fromEntries(new URLSearchParams(text)));
      if (!sent.success) return unusable(sent.error);
      const { email, password, csrf, with: way, ...asked } = sent.data;
      if (!isOurForm(services.csrfKey, headers['cookie'], csrf, about(asked)))
        return form(services, asked, 'This page was open for too long. Try again.', email);
      if (way === 'provider' && services.oidc !== null) {
        const { redirect_uri: redirectUri, state, code_challenge: challenge } = asked;
        return toProvider(call, services.oidc, {
          kind: 'program',
          redirectUri,
          state,
          challenge,
          isFresh: isFresh(asked),
        }).catch(shown(services, asked));
      }
      const found = await accountByPassword(services, { email, password }, origin.ip, now).catch(asRefusal);
      if (found instanceof Refusal) return form(services, asked, `${found.message}.`, email, found.status);
      const { redirect_uri: redirectUri, state, code_challenge: challenge } = asked;
      return backWithCode(call, { redirectUri, state, challenge }, found, { by: 'password', provedAt: now });
    },
  }),
];

/** Makes a code for the program that waits, and sends the browser back to it. */
export async function backWithCode(
  { services, origin, now }: Call<unknown, unknown>,
  asked: { redirectUri: string; state: string; challenge: string },
  user: UserTable,
  { by, provedAt }: { by: string; provedAt: number | null },
): Promise<Answer> {
  const code = randomBytes(32).toString('base64url');
  await services.changes.record(async ({ queries, audit }) => {
    await queries
      .insertInto('signInCodes')
      .values({
        codeHash: hashOf(code),
        organizationId: user.organizationId,
        userId: user.id,
        redirectUri: asked.redirectUri,
        challenge: asked.challenge,
        expiresAt: now + CODE_LIFETIME,
        usedAt: null,
        provedAt,
      })
      .execute();
    audit(
      { userId: user.id, userName: user.email, ipAddress: origin.ip, userAgent: origin.userAgent },
      {
        organizationId: user.organizationId,
        action: 'sign-in',
        resourceType: 'user',
        resourceId: user.id,
        metadata: { by, for: asked.redirectUri },
      },
    );
  });
  const back = new URL(asked.redirectUri);
  back.searchParams.set('code', code);
  back.searchParams.set('state', asked.state);
  return new Answer(302, '', { Location: back.toString(), 'Referrer-Policy': 'no-referrer' });
}

const shown =
  (services: Services, asked: AuthorizeQuery) =>
  (error: unknown): Answer => {
    const { message, status } = asRefusal(error);
    return form(services, asked, `${message}.`, '', status);
  };

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

function form(services: Services, asked: AuthorizeQuery, problem = '', email = '', status = 200): Answer {
  const visitor = newVisitor();
  const hidden = { ...asked, csrf: csrfToken(services.csrfKey, visitor, about(asked)) };
  const inputs = Object.entries(hidden).flatMap(([name, value]) =>
    value === undefined ? [] : [`<input type="hidden" name="${name}" value="${escapeHtml(value)}">`],
  );
  const back = new URL(asked.redirect_uri);
  const body = `
<h1>Sign in to AIM</h1>
<p>A program on this machine (${escapeHtml(back.host)}) asks to act for you.</p>
${problem === '' ? '' : `<p role="alert" class="problem">${escapeHtml(problem)}</p>`}
<form method="post" action="/auth/login">
${inputs.join('\n')}
<label>E-mail address <input name="email" type="email" autocomplete="username" required value="${escapeHtml(email)}"${email === '' ? ' autofocus' : ''}></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required${email === '' ? '' : ' autofocus'}></label>
<button type="submit">Sign in</button>
${providerButton(services.oidc, 'Sign in with')}
</form>`;
  // Browsers apply form-action to the redirect that follows the form as well.
  return page(status, 'Sign in', body, {
    formAction: `'self' ${back.origin}`,
    headers: { 'Set-Cookie': visitorCookie(visitor, '/auth', services.publicUrl) },
  });
}

function unusable(error: z.ZodError): Answer {
  const problems = error.issues.map((issue) => `<li>${escapeHtml(`${issue.path.join('.')}: ${issue.message}`)}</li>`);
  return page(
    400,
    'Sign in',
    `<h1>This address cannot sign anybody in</h1><p>The program that opened it sent:</p><ul>${problems.join('')}</ul>`,
  );
}

const isFresh = ({ prompt, max_age: maxAge }: AuthorizeQuery): boolean => prompt === 'login' || maxAge === '0';

const about = ({ redirect_uri, state, code_challenge }: AuthorizeQuery): string[] => [redirect_uri, state, code_challenge];
