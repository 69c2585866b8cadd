// MCP servers as the registry of a control plane knows them (wire-mcp-logs-a2a §2).

import { z } from 'zod';
import {
  mcpAttestationList,
  mcpCapabilityList,
  mcpConsensus,
  mcpDrift,
  mcpDriftList,
  mcpManifest,
  mcpManifestList,
  mcpRecorded,
  mcpServer,
  mcpServerList,
  mcpUserList,
} from '../../wire/mcp.ts';
import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import { offsetOf, pageOf } from '../paging.ts';

const subject = 'mcp-servers';
const at = (id: string): string => `/api/v1/mcp-servers/${encodeURIComponent(id)}`;
const capabilities = z.union([mcpCapabilityList, z.null().transform(() => ({ capabilities: [] }))]);

export function mcpOf(caller: Caller): Api['mcp'] {
  return {
    async list({ signal, ...options } = {}) {
      const asked = offsetOf(options);
      const { items, total } = await caller.ask({
        path: '/api/v1/mcp-servers',
        query: asked,
        schema: mcpServerList,
        subject,
        signal,
      });
      return pageOf(asked, { items, total });
    },
    get: (id, { signal } = {}) => caller.ask({ path: at(id), schema: mcpServer, subject, signal }),
    capabilities: async (id, { signal } = {}) =>
      (await caller.ask({ path: `${at(id)}/capabilities`, schema: capabilities, subject, signal })).capabilities,
    register: (server, { signal } = {}) =>
      caller.ask({ method: 'POST', path: '/api/v1/mcp-servers', body: server, schema: mcpServer, subject, signal }),
    users: async (id, { signal } = {}) =>
      (await caller.ask({ path: `${at(id)}/agents`, schema: mcpUserList, subject, signal })).agents,
    attestations: async (id, { signal } = {}) =>
      (await caller.ask({ path: `${at(id)}/attestations`, schema: mcpAttestationList, subject, signal })).attestations,
    consensus: (id, { signal } = {}) =>
      caller.ask({ path: `${at(id)}/consensus-status`, schema: mcpConsensus, subject, signal }),
    manifests: async (id, { signal } = {}) =>
      (await caller.ask({ path: `${at(id)}/manifests`, schema: mcpManifestList, subject, signal })).manifests,
    manifest: (id, manifestId, { signal } = {}) => {
      const path = manifestId === null ? `${at(id)}/manifest` : `${at(id)}/manifests/${encodeURIComponent(manifestId)}`;
      return caller.ask({ path, schema: mcpManifest, subject, signal });
    },
    record: (id, content, { signal } = {}) =>
      caller.ask({
        method: 'POST',
        path: `${at(id)}/manifests`,
        body: content,
        schema: mcpRecorded,
        subject,
        signal,
      }),
    async drift(id, { signal, status, ...options } = {}) {
      const asked = offsetOf(options);
      const path = id === null ? '/api/v1/supply-chain/drift' : `${at(id)}/drift`;
      const { items, total } = await caller.ask({ path, query: { ...asked, status }, schema: mcpDriftList, subject, signal });
      return pageOf(asked, { items, total });
    },
    decideDrift: ({ id, mcpServerId }, decision, { signal, reason } = {}) =>
      caller.ask({
        method: 'POST',
        path: `${at(mcpServerId)}/drift/${encodeURIComponent(id)}/${decision}`,
        body: { reason },
        schema: mcpDrift,
        subject,
        signal,
      }),
  };
}
