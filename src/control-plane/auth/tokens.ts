// The JSON Web Tokens of a sign-in: a short access token and a refresh token, with the claims that AIM's SDKs expect (wire-auth §2.1).

import { createSecretKey, hash, randomUUID } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { unauthenticated } from '../refusal.ts';

const ISSUER = 'agent-identity-management';
const SERVICE_ISSUER = 'agent-identity-management-service';
export const ACCESS_SECONDS = 2 * 60 * 60;
export const REFRESH_SECONDS = 7 * 24 * 60 * 60;

export type TokenUser = { id: string; organizationId: string; email: string; role: string };
export type AccessClaims = { userId: string; organizationId: string; sessionId: string; tokenId: string };
export type ServiceClaims = { agentId: string; organizationId: string; issuedAt: number };
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
  /** What a request carries: the access token of a person's sign-in, or of an agent's service. */
  readBearer(token: string, now: number): Promise<AccessClaims | ServiceClaims>;
  readRefresh(token: string, now: number): Promise<RefreshClaims>;
};

export function createTokens(secret: Uint8Array): Tokens {
  const key = createSecretKey(secret);
  const sign = (claims: JWTPayload): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);

  // A signature that was checked stays good for the same text, and checking it costs as much as all the rest of a small request. Times are
  // looked at each time, and whether the sign-in still holds is asked of the database.
  const checked = new Map<string, JWTPayload>();

  async function payloadOf(token: string, now: number): Promise<JWTPayload> {
    const digest = hash('sha256', token, 'base64');
    const known = checked.get(digest);
    const seconds = Math.floor(now / 1000);
    if (known !== undefined && (known.exp ?? 0) > seconds && (known.nbf ?? 0) <= seconds) return known;
    checked.delete(digest);
    const issuer = [ISSUER, SERVICE_ISSUER];
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer, currentDate: new Date(now) });
    if (checked.size >= CHECKED_KEPT) checked.delete(checked.keys().next().value ?? '');
    checked.set(digest, payload);
    return payload;
  }

  async function read(token: string, typ: 'access' | 'refresh', now: number): Promise<JWTPayload> {
    let payload: JWTPayload;
    try {
      payload = await payloadOf(token, now);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED') {
        throw unauthenticated('tokenExpired', 'Invalid or expired token');
      }
      throw unauthenticated('tokenInvalid', 'Invalid or expired token');
    }
    if (payload['typ'] !== typ)
      throw unauthenticated('tokenInvalid', `Invalid token: not ${typ === 'access' ? 'an access' : 'a refresh'} token`);
    return payload;
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
    async readBearer(token, now) {
      const claims = await read(token, 'access', now);
      const organizationId = String(claims['organization_id']);
      if (claims.iss === SERVICE_ISSUER)
        return { agentId: String(claims.sub), organizationId, issuedAt: (claims.iat ?? 0) * 1000 };
      return {
        userId: String(claims['user_id']),
        organizationId,
        sessionId: String(claims['sid']),
        tokenId: String(claims.jti),
      };
    },
    async readRefresh(token, now) {
      const claims = await read(token, 'refresh', now);
      return {
        sessionId: String(claims['sid']),
        tokenId: String(claims.jti),
        userId: String(claims['user_id']),
        organizationId: String(claims['organization_id']),
      };
    },
  };
}

export const SERVICE_SECONDS = 3600;
const CHECKED_KEPT = 1000;

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
