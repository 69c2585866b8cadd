// Options that several verbs about MCP servers share.

import { z } from 'zod';
import type { Platform } from '../../src/mcp/record.ts';
import type { Option } from '../action.ts';

export const placeOptions = {
  home: { summary: 'Look at this home instead: a backup, a mounted disk', value: 'DIR', schema: z.string().optional() },
  platform: {
    summary: 'Whose paths to look at (default: what the home holds)',
    value: 'PLATFORM',
    schema: z.enum(['linux', 'darwin', 'win32'] satisfies Platform[]).optional(),
  },
} as const satisfies Record<string, Option>;

export const inspectOptions = {
  timeout: {
    summary: 'Give up on a server after so many seconds (default 30)',
    value: 'SECONDS',
    schema: z.coerce.number().min(1).max(600).default(30),
  },
  sandbox: {
    summary: 'Start it in a sandbox (bwrap, Linux)',
    value: 'KIND',
    schema: z.enum(['none', 'bwrap']).default('none'),
  },
  trustProject: { summary: 'Start it although a file of the project names it', schema: z.boolean().default(false) },
} as const satisfies Record<string, Option>;

export type InspectFlags = { timeout: number; sandbox: 'none' | 'bwrap'; trustProject: boolean };
