// `aim tags`: the tags of the organisation, and which agents carry them.

import type { EditDocument } from '../../src/edit/document.ts';
import { UsageError } from '../../src/errors.ts';
import { idsWith } from '../../src/wire/short-id.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { agentArgument } from '../agents/agent-argument.ts';
import { createGiven, editFrom, fromOption } from '../edit/edit-from.ts';
import { editInTerminal } from '../edit/edit-in-terminal.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, type Row, rowPages, rowRecord, rowTable } from '../rows.ts';
import { ambiguousId } from '../whole-id.ts';

const path = '/api/v1/tags';
const subject = 'tags';
const columns = [
  column('key', 'Tag', { grow: true }),
  column('value', 'Value', { grow: true }),
  column('category', 'Category'),
  column('description', 'Means', { grow: true, giveUp: 2 }),
  column('color', 'Colour', { giveUp: 3 }),
  column('createdAt', 'Made', { format: 'age', giveUp: 1 }),
  column('id', 'Id', { format: 'id' }),
];

const nameOf = (tag: Row): string => (tag['value'] ? `${String(tag['key'])}=${String(tag['value'])}` : String(tag['key']));

const allTags = async (context: Pick<ActionContext, 'api' | 'signal'>): Promise<readonly Row[]> =>
  (await rowPages(context, { path, subject })({ limit: 100 })).items;

const tag: Argument<Row> & { subject: 'tag' } = {
  summary: 'The tag: its id or the end of it, or its name as env or env=production',
  subject: 'tag',
  parse: async (text, context) => {
    const wanted = text.trim();
    const tags = await allTags(context);
    const named = tags.filter((row) => nameOf(row) === wanted);
    const found = [...new Set([...named, ...idsWith(wanted, tags, (row) => String(row['id']))])];
    if (found.length === 1 && found[0]) return found[0];
    if (found.length > 1) {
      throw ambiguousId(
        wanted,
        found.map((row) => `${String(row['id'])} (${nameOf(row)})`),
      );
    }
    throw new UsageError('tag.not-found', {
      message: `There is no tag ${JSON.stringify(wanted)}.`,
      next: 'See them: aim tags ls',
    });
  },
  complete: async (partial, context) =>
    (await allTags(context))
      .map(nameOf)
      .filter((name) => name.startsWith(partial))
      .map((value) => ({ value })),
};

const from = fromOption('What is to change, as YAML or JSON');

const ls = defineAction({
  id: 'tags.ls',
  summary: 'List the tags',
  args: {},
  options: listOptions,
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('No tags.', columns),
});

const documentOf = async ({ api }: Pick<ActionContext, 'api'>, row: Row): Promise<EditDocument> => {
  const { tagDocument } = await import('../../src/edit/administration-documents.ts');
  return tagDocument(api, { id: String(row['id']), name: nameOf(row) });
};
const newDocument = async ({ api }: Pick<ActionContext, 'api'>) =>
  (await import('../../src/edit/administration-documents.ts')).newTagDocument(api);

const create = defineAction({
  id: 'tags.create',
  summary: 'Make a tag',
  examples: [{ command: `tags create --from '{key: env, value: production}'`, summary: 'Without an editor' }],
  args: {},
  options: { from },
  needs: 'member',
  risk: 'change',
  document: newDocument,
  run: async (context, _, options): Promise<Row> => createGiven(context, await newDocument(context), options.from),
  view: rowRecord(columns),
});

const edit = defineAction({
  id: 'tags.edit',
  summary: 'Change a tag',
  examples: [{ command: `tags edit env=prod --from 'value: production'`, summary: 'Its value' }],
  args: { tag },
  options: { from },
  needs: 'member',
  risk: 'change',
  document: (context, args) => documentOf(context, args.tag),
  run: async (context, args, options) => {
    const document = await documentOf(context, args.tag);
    if (options.from !== undefined) return { id: args.tag['id'], ...(await editFrom(context, document, options.from)) };
    const edited = await editInTerminal(context, document);
    return { ...args.tag, ...(edited.outcome === 'applied' ? edited.value : {}) };
  },
  view: rowRecord(columns),
});

const remove = defineAction({
  id: 'tags.delete',
  summary: 'Delete a tag, also from every agent that carries it',
  args: { tag },
  options: {},
  needs: 'manager',
  risk: 'dangerous',
  run: (context, args) =>
    callForRow(context, { method: 'DELETE', path: `${path}/${encodeURIComponent(String(args.tag['id']))}`, subject }),
  view: rowRecord([]),
});

const add = defineAction({
  id: 'tags.add',
  summary: 'Tag an agent',
  examples: [{ command: 'tags add billing-bot env=production', summary: 'A tag that there is' }],
  args: { agent: agentArgument, tag },
  options: {},
  needs: 'member',
  risk: 'change',
  run: (context, args) =>
    callForRow(context, {
      method: 'POST',
      path: `/api/v1/agents/${args.agent.id}/tags`,
      body: { tagIds: [args.tag['id']] },
      subject,
    }),
  view: rowRecord([]),
});

const take = defineAction({
  id: 'tags.remove',
  summary: 'Take a tag off an agent',
  args: { agent: agentArgument, tag },
  options: {},
  needs: 'member',
  risk: 'change',
  run: (context, args) =>
    callForRow(context, {
      method: 'DELETE',
      path: `/api/v1/agents/${args.agent.id}/tags/${encodeURIComponent(String(args.tag['id']))}`,
      subject,
    }),
  view: rowRecord([]),
});

export const tagActions: readonly Action[] = [ls, create, edit, remove, add, take];
