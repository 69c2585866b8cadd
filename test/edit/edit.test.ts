// Editing a thing as a text: mistakes come back as comments, what others changed is merged or asked about, and no text is lost.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type EditDocument, type Held, isSame, type Member } from '../../src/edit/document.ts';
import { type EditPorts, editDocument } from '../../src/edit/edit-session.ts';
import { threeWay } from '../../src/edit/three-way.ts';
import { fromText, toText } from '../../src/edit/yaml-text.ts';
import { ExitCode, PolicyError, RemoteError } from '../../src/errors.ts';

const members: readonly Member[] = [
  { name: 'description', label: 'Description', kind: 'text', hint: 'What it is for' },
  { name: 'type', label: 'Type', kind: 'word', words: ['a', 'b'], hint: 'What it is' },
  { name: 'names', label: 'Names', kind: 'words', hint: 'Its names' },
  { name: 'rules', label: 'Rules', kind: 'object', hint: 'Its rules' },
];
const schema = z.object({
  description: z.string().max(40).optional(),
  type: z.enum(['a', 'b']).optional(),
  names: z.array(z.string()).optional(),
  rules: z.record(z.string(), z.unknown()).optional(),
}) as EditDocument['schema'];
const first: Held = { description: 'old', type: 'a', names: ['x', 'y'], rules: { n: 1 } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aim-edit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A server with one thing, an editor that does one thing after the other, and a person who answers so. */
function scene({
  edits,
  answers = [],
  meanwhile = {},
}: {
  edits: ((text: string) => string)[];
  answers?: ('apply' | 'again' | 'leave')[];
  /** What others write, by how often the thing was read before. */
  meanwhile?: Record<number, Held>;
}) {
  const seen: string[] = [];
  const shown: string[][] = [];
  const server = { held: first, reads: 0, writes: [] as Held[], fail: null as Error | null, refusals: 0 };
  const document: EditDocument = {
    kind: 'agent',
    title: 'agent bot',
    members,
    schema,
    async read() {
      server.held = { ...server.held, ...meanwhile[server.reads++] };
      return server.held;
    },
    async write({ before, after, guarded }) {
      if (server.fail) throw server.fail;
      if (server.refusals-- > 0) throw new PolicyError('moved', { message: 'It moved.', exitCode: ExitCode.Conflict });
      if (guarded && !isSame(before, server.held))
        throw new PolicyError('moved', { message: 'It moved.', exitCode: ExitCode.Conflict });
      server.held = after;
      server.writes.push(after);
    },
  };
  const ports: EditPorts = {
    folder,
    signal: new AbortController().signal,
    async edit(path) {
      const text = readFileSync(path, 'utf8');
      seen.push(text);
      const edit = edits[seen.length - 1];
      if (edit) writeFileSync(path, edit(text));
    },
    async confirm({ lines }) {
      shown.push(lines.map(({ kind, text }) => `${kind} ${text}`));
      return answers[shown.length - 1] ?? 'apply';
    },
  };
  return { seen, shown, server, run: () => editDocument(document, ports) };
}

const replacing = (from: string, to: string) => (text: string) => text.replace(from, to);

describe('the text', () => {
  test('says what each member may be, and is read back as it was', () => {
    const text = toText({ title: 'agent bot', members, schema }, first);
    expect(text).toContain('# What it is. One of: a, b.');
    expect(fromText({ title: '', members, schema }, text)).toEqual({ value: first });
  });

  test.each([
    ['an escape sequence', 'red \u001b[31m'],
    ['a newline of a C1 terminal', 'a\u0085b\u009b2J'],
    ['a right-to-left override', 'bot\u202etxt.exe'],
    ['a zero-width space', 'ad\u200bmin'],
    ['a private plane', 'x\u{f0000}y'],
  ])('holds no %s as it is, and keeps its value', (_, description) => {
    const text = toText({ title: description, members, schema }, { ...first, description });
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Co}]/u);
    expect(fromText({ title: '', members, schema }, text)).toEqual({ value: { ...first, description } });
  });

  test.each([
    ['type: c', /type: .*"a"\|"b"/],
    ['colour: red', /colour is no member; there are description/],
    ['names: [', /.+/],
    ['- a', /has to be members with values/],
  ])('%s is said to be wrong, with its line', (line, message) => {
    const read = fromText({ title: '', members, schema }, `description: x\n${line}\n`.replace(/^description: x\n-/, '-'));
    expect('problems' in read && read.problems[0]?.text).toMatch(message);
  });
});

describe('three versions', () => {
  const cases: [title: string, mine: Held, theirs: Held, value: Held, conflicts: string[]][] = [
    ['only mine', { type: 'b' }, {}, { type: 'b' }, []],
    ['only theirs', {}, { type: 'b' }, { type: 'b' }, []],
    ['different members', { type: 'b' }, { description: 'new' }, { type: 'b', description: 'new' }, []],
    ['the same change', { type: 'b' }, { type: 'b' }, { type: 'b' }, []],
    ['the same member otherwise', { description: 'mine' }, { description: 'theirs' }, { description: 'mine' }, ['description']],
    ['additions and removals of lists', { names: ['y', 'm'] }, { names: ['x', 'y', 't'] }, { names: ['y', 't', 'm'] }, []],
    ['members of objects', { rules: { n: 1, m: 2 } }, { rules: { n: 1, t: 3 } }, { rules: { n: 1, t: 3, m: 2 } }, []],
    ['one member of an object', { rules: { n: 2 } }, { rules: { n: 3 } }, { rules: { n: 2 } }, ['rules']],
  ];
  test.each(cases)('%s', (_, mine, theirs, value, conflicts) => {
    const merged = threeWay(members, first, { ...first, ...mine }, { ...first, ...theirs });
    expect(merged.value).toEqual({ ...first, ...value });
    expect(merged.conflicts.map(({ member }) => member)).toEqual(conflicts);
  });
});

describe('editing', () => {
  test('applies what was changed, after it was shown', async () => {
    const { run, shown, server } = scene({ edits: [replacing('old', 'new')] });
    expect(await run()).toMatchObject({ outcome: 'applied', changed: ['description'] });
    expect(shown).toEqual([['member description', 'removed old', 'added new']]);
    expect(server.held).toEqual({ ...first, description: 'new' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does nothing when nothing was changed', async () => {
    const { run, server } = scene({ edits: [] });
    expect(await run()).toEqual({ outcome: 'unchanged' });
    expect(server.writes).toEqual([]);
  });

  test('does nothing with an empty file', async () => {
    const { run, server } = scene({ edits: [() => '# nothing\n'] });
    expect(await run()).toEqual({ outcome: 'left', kept: null });
    expect(server.writes).toEqual([]);
  });

  test('opens again with the mistakes as comments that name the line as it is there', async () => {
    const { run, seen, server } = scene({ edits: [replacing('type: a', 'type: q'), replacing('type: q', 'type: b')] });
    expect(await run()).toMatchObject({ outcome: 'applied' });
    const line = Number(/^#! Line (\d+): type/.exec(seen[1] ?? '')?.[1]);
    expect(seen[1]?.split('\n')[line - 1]).toContain('type: q');
    expect(server.held).toMatchObject({ type: 'b' });
  });

  test('keeps a text with a mistake that is left as it is', async () => {
    const { run, server } = scene({ edits: [replacing('type: a', 'type: q')] });
    const edited = await run();
    expect(edited).toMatchObject({ outcome: 'left', kept: expect.any(String) });
    expect(readFileSync((edited as { kept: string }).kept, 'utf8')).toContain('type: q');
    expect(server.writes).toEqual([]);
  });

  test('takes over what others changed elsewhere, without asking', async () => {
    const { run, server } = scene({ edits: [replacing('old', 'mine')], meanwhile: { 1: { type: 'b' } } });
    await run();
    expect(server.held).toEqual({ ...first, description: 'mine', type: 'b' });
  });

  test('asks where others changed the same, and overwrites nothing before', async () => {
    const { run, seen, shown, server } = scene({
      edits: [replacing('old', 'mine'), replacing('mine', 'both')],
      meanwhile: { 1: { description: 'theirs' } },
    });
    await run();
    expect(seen[1]).toContain('#! description is on the server now: "theirs"');
    expect(shown).toEqual([['member description', 'removed theirs', 'added both']]);
    expect(server.held).toMatchObject({ description: 'both' });
  });

  test('keeps mine where the text with the conflict is left as it is', async () => {
    const { run, server } = scene({ edits: [replacing('old', 'mine')], meanwhile: { 1: { description: 'theirs' } } });
    await run();
    expect(server.held).toMatchObject({ description: 'mine' });
  });

  test('shows again what others changed between the answer and the change', async () => {
    const { run, shown, server } = scene({ edits: [replacing('old', 'mine')], meanwhile: { 2: { type: 'b' } } });
    server.refusals = 1;
    expect(await run()).toMatchObject({ outcome: 'applied' });
    expect(server.held).toEqual({ ...first, description: 'mine', type: 'b' });
    expect(shown).toHaveLength(2);
  });

  test('names the file where the text is kept when the server fails', async () => {
    const { run, server } = scene({ edits: [replacing('old', 'mine')] });
    server.fail = new RemoteError('remote.down', { message: 'Nobody answers.', next: 'Try again.' });
    const error = (await run().catch((reason: unknown) => reason)) as PolicyError;
    const path = /kept in (.+\.yaml)$/.exec(error.next ?? '')?.[1] ?? '';
    expect(error.message).toBe('Nobody answers.');
    expect(readFileSync(path, 'utf8')).toContain('description: mine');
  });

  test('goes back to the editor, or leaves, when the difference is not what was meant', async () => {
    const again = scene({ edits: [replacing('old', 'mine'), replacing('mine', 'better')], answers: ['again', 'apply'] });
    await again.run();
    expect(again.server.held).toMatchObject({ description: 'better' });
    const left = scene({ edits: [replacing('old', 'mine')], answers: ['leave'] });
    expect(await left.run()).toMatchObject({ outcome: 'left', kept: expect.stringContaining('.yaml') });
    expect(left.server.writes).toEqual([]);
  });
});
