// What is done to an MCP server to believe it: a key, a challenge that it signs, and reading what it says that it offers (§2.5).

import { z } from 'zod';
import { isPublicKey } from '../../crypto/ed25519.ts';
import { wireObject } from '../../wire/casing.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { recordManifest } from '../mcp/manifests.ts';
import { challengeServer, offerOf } from '../mcp/probe.ts';
import { conflict, invalid } from '../refusal.ts';
import { type Call, personOf, type Route, route } from '../route.ts';
import { serverById, tellMcp } from '../store/mcp-servers.ts';
import { mcpViews } from '../views/mcp.ts';
import { timeView } from '../views/time.ts';

const verification = z.preprocess((body) => body ?? {}, wireObject({ manual: z.boolean().nullish() }));
const key = wireObject({ publicKey: z.string().trim().min(1).max(200), keyType: z.string().max(50).nullish() });

export const mcpProbeRoutes: Route[] = [
  route('POST /api/v1/mcp-servers/:id/verify', {
    summary:
      'Verifies an MCP server: by a challenge where it has a key, else (or with manual) because an operator vouches for it',
    access: { user: 'manager' },
    body: verification,
    run: async (call) => {
      const server = await serverOf(call);
      if (server.status === 'revoked') throw conflict('mcpStatusTransitionRefused', 'A revoked MCP server stays revoked.');
      const isAsked = server.publicKey !== null && server.verificationUrl !== null && call.body.manual !== true;
      if (!isAsked) return verified(call, server, 'manual');
      const { challenge, verificationUrl } = await challengeServer(server, call.services.allowInside);
      const view = await verified(call, server, 'cryptographic_challenge');
      return { ...view, verified: true, challenge, verificationUrl, verifiedAt: timeView(call.now) };
    },
  }),
  route('POST /api/v1/mcp-servers/:id/keys', {
    summary: 'Gives an MCP server the public key that its challenges are checked with; it has to be verified again',
    access: { user: 'member' },
    body: key,
    run: async (call) => {
      const person = personOf(call);
      const { publicKey, keyType } = call.body;
      if ((keyType ?? 'ed25519').toLowerCase() !== 'ed25519') throw invalid('keyType: must be ed25519', 'keyType');
      if (!isPublicKey(publicKey)) throw invalid('publicKey: is no Ed25519 key in base64', 'publicKey');
      return call.services.changes.run(async (change) => {
        const server = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
        // Who could replace the key of a verified server could become that server.
        const set = {
          publicKey,
          updatedAt: change.now,
          ...(server.status === 'verified' ? { status: 'pending', lastVerifiedAt: null } : {}),
        };
        await change.queries.updateTable('mcpServers').set(set).where('id', '=', server.id).execute();
        const view = await tellMcp(change, person, call.origin, { ...server, ...set }, 'add-key', { publicKey });
        return { success: true, message: 'Public key kept', ...view };
      });
    },
  }),
  route('POST /api/v1/mcp-servers/:id/detect-capabilities', {
    summary: 'Reads what an MCP server says that it offers; what differs from its baseline is drift',
    access: { user: 'member' },
    run: async (call) => {
      const { services, principal, origin } = call;
      const server = await serverOf(call);
      const offer = await offerOf(server, services.allowInside);
      const { state, drift } = await recordManifest(services, principal, origin, server.id, offer);
      const [view] = await mcpViews(services.queries, [server]);
      return { success: true, state, driftId: drift?.id ?? null, capabilities: view?.capabilities ?? [] };
    },
  }),
];

const serverOf = ({ services, principal, params }: Pick<Call<never, never>, 'services' | 'principal' | 'params'>) =>
  serverById(services.queries, principal.organizationId, params['id'] ?? '');

async function verified(call: Call<unknown, unknown>, server: McpServerTable, method: string) {
  const person = personOf(call);
  return call.services.changes.run(async (change) => {
    const before = await serverById(change.queries, person.organizationId, server.id);
    // The key was checked that the server had when it was asked; one that came meanwhile was not.
    if (before.publicKey !== server.publicKey || before.status === 'revoked')
      throw conflict('mcpChanged', 'The MCP server changed while it was verified.');
    const set = { status: 'verified', verificationMethod: method, lastVerifiedAt: change.now, updatedAt: change.now };
    await change.queries.updateTable('mcpServers').set(set).where('id', '=', server.id).execute();
    return tellMcp(change, person, call.origin, { ...before, ...set }, 'verify', {
      from: before.status,
      to: 'verified',
      method,
    });
  });
}
