// Options that several verbs about MCP servers share.

import { z } from 'zod';
import type { Platform } from '../../src/mcp/record.ts';
import { type Sandbox, sandboxes } from '../../src/mcp/sandbox-kinds.ts';
import { secondsOf } from '../../src/settings/duration.ts';
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
    summary: 'Give up on a server after this long (default 30s)',
    value: 'TIME',
    // Another meaning than the option of every verb has, so at least the same words.
    schema: z
      .string()
      .transform((text) => secondsOf(text) ?? Number.NaN)
      .pipe(z.number('it is no time: give it as 30s or 2m').min(0.1, 'it is less than 100ms').max(600, 'it is more than 10m'))
      .default(30),
  },
  sandbox: {
    summary: 'Start it in a sandbox: bwrap (Linux), podman or docker; none is the default',
    value: 'KIND',
    schema: z.enum(sandboxes).default('none'),
  },
  image: { summary: 'The image of a container (default: by the launcher)', value: 'NAME', schema: z.string().optional() },
  trustProject: { summary: 'Start it although a file of the project names it', schema: z.boolean().default(false) },
} as const satisfies Record<string, Option>;

export type InspectFlags = { timeout: number; sandbox: Sandbox; image?: string | undefined; trustProject: boolean };
