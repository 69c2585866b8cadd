// The JSON Web Tokens of a sign-in: a short access token and a refresh token, with the claims that AIM's SDKs expect (wire-auth §2.1).

import { createSecretKey, randomUUID } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { unauthenticated } from '../refusal.ts';

const ISSUER = 'agent-identity-management';
const SERVICE_ISSUER = 'agent-identity-management-service';
export const ACCESS_SECONDS = 2 * 60 * 60;
export const REFRESH_SECONDS = 7 * 24 * 60 * 60;

export type TokenUser = { id: string; organizationId: string; email: string; role: string };
export type AccessClaims = { userId: string; organizationId: string; sessionId: string; tokenId: string };
export type RefreshClaims = { sessionId: string; tokenId: string; userId: string; organizationId: string };

export type Tokens = {
  access(user: TokenUser, sessionId: string, now: number): Promise<string>;
  /** The same claims give the same token, so that a successor can be handed out twice. */
  refresh(
    user: Pick<TokenUser, 'id' | 'organizationId'>,
    sessionId: string,
    tokenId: string,
    issuedAt: number,
  ): Promise<string>;
  service(agent: { id: string; organizationId: string }, now: number): Promise<string>;
  readAccess(token: string, now: number): Promise<AccessClaims>;
  readRefresh(token: string, now: number): Promise<RefreshClaims>;
  /** The agent of a service token, or null where it is not one. */
  readService(token: string, now: number): Promise<{ agentId: string; organizationId: string } | null>;
};

export function createTokens(secret: Uint8Array): Tokens {
  const key = createSecretKey(secret);
  const sign = (claims: JWTPayload): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);

  async function read(token: string, typ: string, issuer: string, now: number): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer, currentDate: new Date(now) });
      if (payload['typ'] !== typ)
        throw unauthenticated('tokenInvalid', `Invalid token: not ${typ === 'access' ? 'an access' : 'a refresh'} token`);
      return payload;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED') {
        throw unauthenticated('tokenExpired', 'Invalid or expired token');
      }
      throw unauthenticated('tokenInvalid', 'Invalid or expired token');
    }
  }

  return {
    access: (user, sessionId, now) =>
      sign({
        ...claimsOf(user.id, user.organizationId, user.email, user.role),
        ...times(now, ACCESS_SECONDS),
        iss: ISSUER,
        typ: 'access',
        jti: randomUUID(),
        sid: sessionId,
      }),
    refresh: (user, sessionId, tokenId, issuedAt) =>
      sign({
        ...claimsOf(user.id, user.organizationId, '', ''),
        ...times(issuedAt, REFRESH_SECONDS),
        iss: ISSUER,
        typ: 'refresh',
        jti: tokenId,
        sid: sessionId,
      }),
    service: (agent, now) =>
      sign({
        ...claimsOf(agent.id, agent.organizationId, '', ''),
        ...times(now, SERVICE_SECONDS),
        iss: SERVICE_ISSUER,
        typ: 'access',
        jti: randomUUID(),
      }),
    async readAccess(token, now) {
      const claims = await read(token, 'access', ISSUER, now);
      return {
        userId: String(claims['user_id']),
        organizationId: String(claims['organization_id']),
        sessionId: String(claims['sid']),
        tokenId: String(claims.jti),
      };
    },
    async readRefresh(token, now) {
      const claims = await read(token, 'refresh', ISSUER, now);
      return {
        sessionId: String(claims['sid']),
        tokenId: String(claims.jti),
        userId: String(claims['user_id']),
        organizationId: String(claims['organization_id']),
      };
    },
    async readService(token, now) {
      const claims = await read(token, 'access', SERVICE_ISSUER, now).catch(() => null);
      return claims === null ? null : { agentId: String(claims.sub), organizationId: String(claims['organization_id']) };
    },
  };
}

export const SERVICE_SECONDS = 3600;

const claimsOf = (subject: string, organizationId: string, email: string, role: string) => ({
  user_id: subject,
  sub: subject,
  organization_id: organizationId,
  email,
  role,
});

function times(now: number, seconds: number): { iat: number; nbf: number; exp: number } {
  const issued = Math.floor(now / 1000);
  return { iat: issued, nbf: issued, exp: issued + seconds };
}
