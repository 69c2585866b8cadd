// An agent turns a signed assertion into a short bearer token of its own (RFC 7523, wire-auth §2.9).

import { createHash, createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { serviceTokenRequest } from '../../wire/requests/sign-in.ts';
import { oauthRefusal } from '../auth/device-codes.ts';
import { SERVICE_SECONDS } from '../auth/tokens.ts';
import { type Route, route } from '../route.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST_ASSERTION = 300;
const SKEW = 60;
const isId = (value: unknown): boolean => typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

export const serviceTokenRoutes: Route[] = [
  route('POST /api/v1/oauth/token', {
    summary: 'A service token for an agent, for an assertion that it signed',
    access: { anyone: true },
    limit: 'strict',
    body: serviceTokenRequest,
    run: async ({ services, body, now }) => {
      if (body.grantType !== JWT_BEARER) throw oauthRefusal('unsupported_grant_type', `grant_type must be ${JWT_BEARER}`);
      const { clientId, clientAssertion, clientAssertionType = ASSERTION_TYPE } = body;
      if (!clientId || !clientAssertion || clientAssertionType !== ASSERTION_TYPE)
        throw oauthRefusal('invalid_request', 'client_id and client_assertion are required');
      const refused = oauthRefusal('invalid_client', 'The assertion is not acceptable', 401);
      const agent = await services.queries.selectFrom('agents').selectAll().where('id', '=', clientId).executeTakeFirst();
      if (agent === undefined || (agent.status !== 'verified' && agent.status !== 'pending')) throw refused;
      const key = createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(agent.publicKey, 'base64').toString('base64url') },
        format: 'jwk',
      });
      const { payload } = await jwtVerify(clientAssertion, key, {
        algorithms: ['EdDSA', 'Ed25519'],
        subject: clientId,
        audience: [services.publicUrl, `${services.publicUrl}/api/v1`, `${services.publicUrl}/api/v1/oauth/token`],
        clockTolerance: SKEW,
        currentDate: new Date(now),
        requiredClaims: ['exp'],
      }).catch(() => {
        throw refused;
      });
      // Only now: who has not signed learns nothing of the agent.
      if (agent.hybridMode === 1)
        throw oauthRefusal('invalid_client', 'This agent is in hybrid mode, and an assertion carries one signature', 401);
      const seconds = now / 1000;
      if ((payload.exp ?? 0) > seconds + LONGEST_ASSERTION + SKEW) throw refused;
      if (payload.jti !== undefined && !isId(payload.jti)) throw refused;
      // An assertion is good for one token. Those without an id are told apart by what was signed: a signature has several spellings.
      const nonce = payload.jti ?? hashOf(clientAssertion.slice(0, clientAssertion.lastIndexOf('.')));
      const isFirst = await services.changes.record(async ({ queries }) => {
        const { numInsertedOrUpdatedRows } = await queries
          .insertInto('nonces')
          .values({
            scope: `assertion:${agent.id}`,
            nonce,
            expiresAt: now + (LONGEST_ASSERTION + 2 * SKEW) * 1000,
          })
          .onConflict((row) => row.columns(['scope', 'nonce']).doNothing())
          .executeTakeFirst();
        return numInsertedOrUpdatedRows === 1n;
      });
      if (!isFirst) throw refused;
      return { access_token: await services.tokens.service(agent, now), token_type: 'Bearer', expires_in: SERVICE_SECONDS };
    },
  }),
];
