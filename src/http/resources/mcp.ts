// MCP servers as the registry of a control plane knows them (wire-mcp-logs-a2a §2).

import { z } from 'zod';
import { mcpCapabilityList, mcpServer, mcpServerList } from '../../wire/mcp.ts';
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
  };
}
