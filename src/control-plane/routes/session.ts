// Signing in with a code or a password; staying signed in; signing out (wire-auth §1 and §2).

import { createHash } from 'node:crypto';
import { codeExchange, logoutRequest, passwordLogin, refreshRequest } from '../../wire/requests/sign-in.ts';
import { accountByPassword } from '../auth/by-password.ts';
import { actorOf } from '../auth/principal.ts';
import { endSession, rotateSession, startSession } from '../auth/sessions.ts';
import { ACCESS_SECONDS } from '../auth/tokens.ts';
import type { UserTable } from '../database/tables/people.ts';
import { Refusal, unauthenticated } from '../refusal.ts';
import { Answer, type Origin, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { hashOf } from './sign-in-page.ts';

export const sessionRoutes: Route[] = [
  route('POST /api/v1/auth/token', {
    summary: 'Exchanges an authorization code for tokens (PKCE)',
    access: { anyone: true },
    limit: 'strict',
    body: codeExchange,
    run: async ({ services, body, origin }) => {
      if (body.grantType !== 'authorization_code')
        throw oauth('unsupported_grant_type', 'grant_type must be authorization_code');
      if (!body.code || !body.codeVerifier || !body.redirectUri)
        throw oauth('invalid_request', 'code, code_verifier and redirect_uri are required');
      const code = body.code;
      const challenge = createHash('sha256').update(body.codeVerifier).digest('base64url');
      const outcome = await services.changes.record(async (change) => {
        const row = await change.queries
          .selectFrom('signInCodes')
          .selectAll()
          .where('codeHash', '=', hashOf(code))
          .executeTakeFirst();
        if (row === undefined || row.usedAt !== null || row.expiresAt <= change.now) return null;
        // Whatever comes of it, a code is tried once.
        await change.queries
          .updateTable('signInCodes')
          .set({ usedAt: change.now })
          .where('codeHash', '=', row.codeHash)
          .execute();
        if (row.challenge !== challenge || row.redirectUri !== body.redirectUri) return null;
        const user = await change.queries
          .selectFrom('users')
          .selectAll()
          .where('id', '=', row.userId)
          // Kept out, or removed, since the browser was sent back.
          .where('status', '=', 'active')
          .executeTakeFirst();
        if (user === undefined) return null;
        return { user, session: await startSession(change, user, origin, { provedAt: row.provedAt }) };
      });
      if (outcome === null) throw oauth('invalid_grant', 'The code is unknown, used, expired, or was made for another program');
      const { user, session } = outcome;
      const { accessToken, refreshToken } = await tokensOf(services, user, session);
      return {
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        expires_in: ACCESS_SECONDS,
        user_id: user.id,
        email: user.email,
        organization_id: user.organizationId,
      };
    },
  }),
  route('POST /api/v1/auth/login/local', {
    summary: 'Signs in with e-mail address and password',
    access: { anyone: true },
    limit: 'strict',
    body: passwordLogin,
    run: async ({ services, body, origin, now }) => {
      const user = await accountByPassword(services, body, origin.ip, now);
      return {
        ...(await signIn(services, user, origin, 'password')),
        tokenType: 'Bearer',
        expiresIn: ACCESS_SECONDS,
        user: signedInUser(user),
      };
    },
  }),
  route('POST /api/v1/public/login', {
    summary: 'Signs in with e-mail address and password (older clients)',
    access: { anyone: true },
    limit: 'strict',
    body: passwordLogin,
    run: async ({ services, body, origin, now }) => {
      try {
        const user = await accountByPassword(services, body, origin.ip, now);
        const tokens = await signIn(services, user, origin, 'password');
        return {
          success: true,
          message: 'Signed in',
          isApproved: true,
          ...tokens,
          user: signedInUser(user),
          requiresPasswordChange: user.forcePasswordChange === 1,
        };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        // The password was right: what older clients want to know is only whether somebody has let the person in.
        if (error.members['accountStatus'] === 'pending')
          return { success: true, isApproved: false, message: 'An administrator has to let you in first', user: null };
        return new Answer(error.status, { success: false, error: error.message, reasonCode: error.reasonCode });
      }
    },
  }),
  route('POST /api/v1/auth/refresh', {
    summary: 'Exchanges a refresh token for the next pair',
    access: { anyone: true },
    limit: 'strict',
    body: refreshRequest,
    run: async ({ services, body, now, origin }) => {
      const claims = await services.tokens.readRefresh(body.refreshToken, now);
      const rotation = await services.changes.record(async (change) => {
        const outcome = await rotateSession(change, claims);
        if (outcome.reused) {
          const { session } = outcome;
          change.audit(
            { userId: session.userId, ipAddress: origin.ip, userAgent: origin.userAgent },
            {
              organizationId: session.organizationId,
              action: 'revoke',
              resourceType: 'session',
              resourceId: session.id,
              metadata: { because: 'refresh token reuse' },
            },
          );
        }
        return outcome;
      });
      if (rotation.reused) throw unauthenticated('tokenReused', 'The refresh token was used before; the session is revoked');
      return {
        ...(await tokensOf(services, rotation.user, rotation.session)),
        tokenType: 'Bearer',
        expiresIn: ACCESS_SECONDS,
        rotated: true,
      };
    },
  }),
  route('POST /api/v1/auth/revoke', {
    summary: 'Ends the session of a refresh token',
    access: { anyone: true },
    limit: 'strict',
    body: logoutRequest,
    run: async ({ services, body, now, origin }) => {
      const revoked = await endByRefreshToken(services, body.refreshToken ?? null, now, origin);
      return { success: true, revoked, message: revoked ? 'Revoked' : 'Nothing to revoke' };
    },
  }),
  route('POST /api/v1/auth/logout', {
    summary: 'Ends the session of the bearer and of a refresh token',
    access: { anyone: true },
    limit: 'strict',
    body: logoutRequest,
    run: async ({ services, body, principal, now, origin }) => {
      const ofRefresh = await endByRefreshToken(services, body.refreshToken ?? null, now, origin);
      let ofAccess = false;
      if (principal?.kind === 'user') {
        ofAccess = true;
        await services.changes.record(async (change) => {
          if (!(await endSession(change, principal.sessionId, 'signed out'))) return;
          change.audit(actorOf(principal, origin), {
            organizationId: principal.organizationId,
            action: 'sign-out',
            resourceType: 'session',
            resourceId: principal.sessionId,
          });
        });
      }
      return { message: 'Signed out', revoked: { accessToken: ofAccess, refreshToken: ofRefresh } };
    },
  }),
  route('POST /api/v1/auth/sdk/recover', {
    summary: 'Refused: a revoked token cannot be exchanged for a new one',
    access: { anyone: true },
    limit: 'strict',
    run: () => {
      throw unauthenticated('signInRequired', 'A revoked session cannot be recovered; sign in again');
    },
  }),
];

const oauth = (error: string, description: string): Refusal =>
  new Refusal(400, error, error, { error_description: description });

export async function signIn(
  services: Services,
  user: UserTable,
  origin: Origin,
  by: string,
  options: { endsWithRun?: boolean; provedAt?: number | null } = {},
): Promise<{ accessToken: string; refreshToken: string }> {
  const session = await services.changes.record(async (change) => {
    const actor = { userId: user.id, userName: user.email, ipAddress: origin.ip, userAgent: origin.userAgent };
    change.audit(actor, {
      organizationId: user.organizationId,
      action: 'sign-in',
      resourceType: 'user',
      resourceId: user.id,
      metadata: { by },
    });
    return startSession(change, user, origin, options);
  });
  return tokensOf(services, user, session);
}

async function tokensOf(
  services: Services,
  user: UserTable,
  session: { id: string; currentTokenId: string; currentIssuedAt: number },
) {
  const [accessToken, refreshToken] = await Promise.all([
    services.tokens.access(user, session.id, services.clock()),
    services.tokens.refresh(user, session.id, session.currentTokenId, session.currentIssuedAt),
  ]);
  return { accessToken, refreshToken };
}

export const signedInUser = (user: UserTable) => ({
  id: user.id,
  email: user.email,
  name: user.name,
  role: user.role,
  organizationId: user.organizationId,
  forcePasswordChange: user.forcePasswordChange === 1,
});

async function endByRefreshToken(services: Services, token: string | null, now: number, origin: Origin): Promise<boolean> {
  if (token === null || token === '') return false;
  const claims = await services.tokens.readRefresh(token, now).catch(() => null);
  if (claims === null) return false;
  return services.changes.record(async (change) => {
    if (await endSession(change, claims.sessionId, 'signed out')) {
      change.audit(
        { userId: claims.userId, ipAddress: origin.ip, userAgent: origin.userAgent },
        { organizationId: claims.organizationId, action: 'sign-out', resourceType: 'session', resourceId: claims.sessionId },
      );
      return true;
    }
    // Already ended: what the caller wanted holds.
    const row = await change.queries
      .selectFrom('sessions')
      .select('endedAt')
      .where('id', '=', claims.sessionId)
      .executeTakeFirst();
    return row !== undefined && row.endedAt !== null;
  });
}
