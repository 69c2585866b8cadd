// `aim agents create|revoke|delete|rotate-key`: the ends of an agent's life, and its keys.

import { z } from 'zod';
import { AIMError, ExitCode, PolicyError, UsageError } from '../../src/errors.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Agent, agentTypes } from '../../src/wire/agent.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { changeOptions, idempotencyKeyOption } from '../change-options.ts';
import { shellWord } from '../confirm.ts';
import type { View } from '../output/view.ts';
import { callForRow, column, rowRecord } from '../rows.ts';
import { agentArgument } from './agent-argument.ts';
import { agentRecord } from './views.ts';

const name: Argument<string> = {
  summary: 'Its name, unique in the organisation',
  parse: (text) => {
    if (text.trim() !== '' && text.length <= 200) return text.trim();
    throw new UsageError('agent.name', { message: 'A name has 1 to 200 characters.', field: 'name' });
  },
};

const TOLD_OF_NEW = new Set(['name', 'id', 'status', 'agentType', 'capabilities', 'publicKey']);

/** Where no public key was given, the server made the pair. */
const createdRecord: View<Agent & { privateKey?: string }> = {
  kind: 'record',
  fields: [
    ...(agentRecord.kind === 'record' ? agentRecord.fields.filter(({ key }) => TOLD_OF_NEW.has(key)) : []),
    {
      key: 'privateKey',
      title: 'Private key',
      value: ({ privateKey }) => (privateKey === undefined ? null : asUntrusted(privateKey)),
      format: 'id',
    },
  ],
  next: ({ name: named, status, privateKey }) =>
    [
      ...(privateKey === undefined ? [] : ['The private key is shown only now: keep it where the agent runs.']),
      ...(status === 'pending' ? [`It may act once it is confirmed: aim agents verify ${shellWord(named)}`] : []),
    ].join(' ') || null,
};

const alreadyThere = (named: string) => (error: unknown) => {
  if (!(error instanceof AIMError) || error.exitCode !== ExitCode.Conflict || error.next !== undefined) throw error;
  const { code, message, requestId, current } = error;
  const next = `Look at it: aim agents show ${shellWord(named)}`;
  throw new PolicyError(code, { message, requestId, current, next, exitCode: ExitCode.Conflict, cause: error });
};

const create = defineAction({
  id: 'agents.create',
  summary: 'Register an agent',
  description:
    'Most agents register themselves with the SDK. With --public-key the key pair stays where it was made. Without it the server makes one, whose private half is shown here, once.',
  examples: [
    {
      command: 'agents create billing-bot --public-key @billing.pub --capability payments:read',
      summary: 'With one capability',
    },
  ],
  args: { name },
  options: {
    displayName: { summary: 'Its name for people', value: 'TEXT', schema: z.string().min(1).max(200).optional() },
    description: {
      summary: 'What it is for; - reads standard input, @FILE a file',
      value: 'TEXT',
      schema: z.string().max(4000).optional(),
      readable: true,
    },
    type: { summary: 'Its type', value: 'TYPE', schema: z.enum(agentTypes).default('custom') },
    publicKey: {
      summary: 'Its Ed25519 public key in base64; @FILE reads a file',
      value: 'KEY',
      schema: z.string().trim().length(44, 'it is not 32 bytes in base64').optional(),
      readable: true,
    },
    capability: {
      summary: 'A capability to give it; give it again for more',
      value: 'NAME',
      schema: z.array(z.string().min(1)).default([]),
      repeatable: true,
    },
    idempotencyKey: idempotencyKeyOption,
  },
  needs: 'member',
  risk: 'change',
  document: async ({ api }, { name: named }) => (await import('../../src/edit/agent-document.ts')).newAgent(api, named),
  run: ({ api, signal }, args, { type, capability, displayName, description, publicKey, idempotencyKey }) =>
    api.agents
      .create(
        {
          name: args.name,
          agentType: type,
          capabilities: capability,
          ...(displayName !== undefined && { displayName }),
          ...(description !== undefined && { description }),
          ...(publicKey !== undefined && { publicKey }),
        },
        { idempotencyKey, signal },
      )
      .catch(alreadyThere(args.name)),
  view: createdRecord,
});

const revoke = defineAction({
  id: 'agents.revoke',
  summary: 'Revoke an agent for good, so that it can never act again',
  args: { agent: agentArgument },
  options: changeOptions,
  needs: 'manager',
  risk: 'named',
  becomes: { status: 'revoked' },
  run: ({ api, signal }, { agent }, options) => api.agents.revoke(agent.id, { ...options, signal }),
  view: agentRecord,
});

const remove = defineAction({
  id: 'agents.delete',
  summary: 'Delete an agent and what belongs to it',
  args: { agent: agentArgument },
  options: changeOptions,
  needs: 'manager',
  risk: 'named',
  becomes: { deleted: true },
  run: async ({ api, signal }, { agent }, options) => {
    await api.agents.delete(agent.id, { ...options, signal });
    return { id: agent.id, name: agent.name, deleted: true };
  },
  view: {
    kind: 'text',
    lines: (deleted) => [[ours('Deleted '), deleted.name, ours(' ('), asUntrusted(deleted.id), ours(').')]],
  },
});

const rotateKey = defineAction({
  id: 'agents.rotate-key',
  summary: 'Give an agent a new key; its private half is shown once',
  description: 'With --public-key the pair stays where it was made, and nothing secret is shown.',
  args: { agent: agentArgument },
  options: {
    publicKey: {
      summary: 'The new public key in base64; @FILE reads a file',
      value: 'KEY',
      schema: z.string().trim().length(44, 'it is not 32 bytes in base64').optional(),
      readable: true,
    },
  },
  needs: 'member',
  risk: 'dangerous',
  run: (context, { agent }, { publicKey }) =>
    publicKey === undefined
      ? callForRow(context, { method: 'POST', path: `/api/v1/agents/${agent.id}/rotate-credentials`, subject: 'agents' })
      : callForRow(context, { method: 'PUT', path: `/api/v1/agents/${agent.id}/keys`, body: { publicKey }, subject: 'agents' }),
  view: rowRecord([
    column('message', 'Done'),
    column('publicKey', 'Public key'),
    column('privateKey', 'Private key, shown only now', { format: 'id' }),
  ]),
});

export const agentLifeActions: readonly Action[] = [create, revoke, remove, rotateKey];
