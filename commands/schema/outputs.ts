// The schema of what each verb prints with --json, by the id of the verb. Streams print one such object a line.

import type { z } from 'zod';
import { administrationOutputs } from './administration.ts';
import { agentOutputs } from './agents.ts';
import { decisionOutputs } from './decisions.ts';
import { eventOutputs } from './events.ts';
import { logOutputs } from './logs.ts';
import { mcpOutputs } from './mcp.ts';
import { programOutputs } from './program.ts';
import { recordOutputs } from './records.ts';
import { upkeepOutputs } from './upkeep.ts';

export const outputs: Readonly<Record<string, z.ZodType>> = {
  ...agentOutputs,
  ...decisionOutputs,
  ...eventOutputs,
  ...administrationOutputs,
  ...programOutputs,
  ...upkeepOutputs,
  ...mcpOutputs,
  ...logOutputs,
  ...recordOutputs,
};

/** Verbs that print what another program wrote, or that own the terminal: they have no JSON of their own. */
export const withoutOutput: ReadonlySet<string> = new Set([
  'audit.export',
  'completion',
  'config.edit',
  'config.set',
  'dashboard',
  'demo',
  'exec',
  'man',
  'serve',
  'ui',
]);
