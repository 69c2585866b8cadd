// What clients send about MCP servers (wire-mcp-logs-a2a §2.2).

import { z } from 'zod';
import { wireObject } from '../casing.ts';

const name = z.string().trim().min(1).max(300);
export const newServer = wireObject({
  name,
  description: z.string().max(4000).nullish(),
  url: z.string().max(2000).nullish(),
  version: z.string().max(100).nullish(),
  publicKey: z.string().max(200).nullish(),
  verificationUrl: z.string().max(2000).nullish(),
  capabilities: z
    .array(z.union([z.string().max(300), z.looseObject({ name: z.string().max(300) })]))
    .max(2000)
    .nullish(),
  tagIds: z.array(z.string()).nullish(),
  registeredByAgent: z.string().max(100).nullish(),
  verificationMethod: z.string().max(50).nullish(),
});
export type NewServer = z.output<typeof newServer>;
