// Writes docs/sdk-reference.md: every export of the SDK and of its test kit, its declaration and what its comment says. `--check` only compares.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type Comment, type Node, Parser } from 'acorn';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(root, 'docs/sdk-reference.md');

type Syntax = Node & Record<string, unknown> & { declaration?: Syntax; id?: Syntax; name?: string; body?: unknown };
type Module = { source: string; body: Syntax[]; comments: Comment[] };
export type Exported = { name: string; file: string; isType: boolean; code: string; doc: string };

const parser = Parser.extend(tsPlugin());
const modules = new Map<string, Module>();

function moduleAt(file: string): Module {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const source = readFileSync(file, 'utf8');
  const comments: Comment[] = [];
  const { body } = parser.parse(source, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    locations: true,
    onComment: comments,
  }) as unknown as {
    body: Syntax[];
  };
  const read = { source, body, comments };
  modules.set(file, read);
  return read;
}

/** Every name that an index exports, in its order, with the declaration that stands behind it. */
export function exportsOf(index: string): Exported[] {
  return moduleAt(index).body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' || typeof (statement['source'] as { value?: string })?.value !== 'string')
      return [];
    const file = join(dirname(index), (statement['source'] as { value: string }).value);
    return (statement['specifiers'] as { local: Syntax; exported: Syntax }[]).map(({ local, exported }) =>
      declared(file, local.name ?? '', exported.name ?? ''),
    );
  });
}

function declared(file: string, local: string, name: string): Exported {
  const { source, body, comments } = moduleAt(file);
  for (const statement of body) {
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const from = (statement['source'] as { value?: string } | null)?.value;
    const passedOn = ((statement['specifiers'] ?? []) as { exported: Syntax; local: Syntax }[]).find(
      ({ exported }) => exported.name === local,
    );
    if (passedOn !== undefined)
      return declared(
        from === undefined ? importedFrom(file, passedOn.local.name ?? '') : join(dirname(file), from),
        passedOn.local.name ?? '',
        name,
      );
    const { declaration } = statement;
    const declarator = (declaration?.['declarations'] as Syntax[] | undefined)?.find(({ id }) => id?.name === local);
    if (declaration === null || declaration === undefined || (declaration.id?.name ?? declarator?.id?.name) !== local) continue;
    const doc = docBefore(comments, source, statement.start);
    const isType = declaration.type === 'TSTypeAliasDeclaration' || declaration.type === 'TSInterfaceDeclaration';
    return { name, file: relative(root, file), isType, code: signature(source, declaration, comments), doc };
  }
  throw new Error(`${file} does not export ${local}`);
}

function importedFrom(file: string, name: string): string {
  for (const statement of moduleAt(file).body) {
    if (statement.type !== 'ImportDeclaration') continue;
    if ((statement['specifiers'] as { local: Syntax }[]).some(({ local }) => local.name === name))
      return join(dirname(file), (statement['source'] as { value: string }).value);
  }
  throw new Error(`${file} does not import ${name}`);
}

/** The declaration without what it does: signatures, the public members of a class, whole types. */
function signature(source: string, declaration: Syntax, comments: readonly Comment[]): string {
  const text = (start: number, end: number): string => source.slice(start, end).trim();
  const bodyOf = (node: Syntax): number => (node.body as Node | undefined)?.start ?? node.end;
  if (declaration.type === 'FunctionDeclaration') return text(declaration.start, bodyOf(declaration));
  if (declaration.type === 'ClassDeclaration') {
    const members = ((declaration.body as { body: Syntax[] }).body as Syntax[]).filter((member) => isPublic(member, source));
    const lines = members.map((member) => {
      const doc = docBefore(comments, source, member.start);
      const value = member['value'] as Syntax | null;
      const end =
        member.type === 'PropertyDefinition'
          ? (value?.start ?? member.end)
          : value === null || value === undefined
            ? member.end
            : bodyOf(value);
      const head = text(member.start, end).replace(/\s*=$/, '').replace(/;$/, '');
      return `${doc === '' ? '' : `  /** ${doc.replaceAll('\n', '\n   * ')} */\n`}  ${head};`;
    });
    const head = text(declaration.start, (declaration.body as Node).start);
    return `${head} {\n${lines.join('\n')}\n}`.replace(/ \{\n\n\}$/, ' {}');
  }
  if (declaration.type === 'VariableDeclaration') {
    const [one] = declaration['declarations'] as Syntax[];
    const init = one?.['init'] as Syntax | undefined;
    const end = init?.type === 'ArrowFunctionExpression' ? bodyOf(init) : (one?.id?.end ?? declaration.end);
    return text(declaration.start, end).replace(/\s*=>\s*\(?$/, '');
  }
  return text(declaration.start, declaration.end);
}

function isPublic(member: Syntax, source: string): boolean {
  const key = member['key'] as Syntax | undefined;
  return key !== undefined && key.type !== 'PrivateIdentifier' && source[key.start] !== '#' && member.type !== 'StaticBlock';
}

/** The TSDoc comment right before a position, as running text. */
function docBefore(comments: readonly Comment[], source: string, at: number): string {
  const comment = comments.findLast(({ end }) => end <= at);
  if (comment === undefined || comment.type !== 'Block' || !comment.value.startsWith('*')) return '';
  if (source.slice(comment.end, at).trim() !== '') return '';
  return comment.value
    .slice(1)
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim();
}

const GROUPS: readonly (readonly [title: string, belongs: RegExp])[] = [
  ['Agents and actions', /^src\/sdk\/(?!adapters|telemetry)/],
  ['Frameworks', /^src\/sdk\/adapters/],
  ['Errors', /^src\/errors/],
  ['Credentials', /^src\/credentials/],
  ['Detection', /^src\/(detect|mcp)/],
  ['Agent to agent', /^src\/a2a/],
  ['Security log', /^src\/security-log/],
  ['Telemetry', /^src\/sdk\/telemetry/],
  ['Testing', /^src\/testing/],
];

export function sdkReference(): string {
  const kit = exportsOf(join(root, 'src/testing/index.ts'));
  const all = [...exportsOf(join(root, 'src/index.ts')), ...kit];
  const groups = GROUPS.map(([title, belongs]) => {
    const those = all.filter(({ file }) => belongs.test(file));
    // What is called before what it is called with.
    const ordered = [...those.filter(({ isType }) => !isType), ...those.filter(({ isType }) => isType)];
    return `## ${title}\n\n${ordered.map(entry).join('\n')}`;
  });
  return `# The SDK, export by export

Generated from the declarations by \`node scripts/sdk-reference.ts\`; a test holds it current. How to use them:
[from-the-python-sdk.md](from-the-python-sdk.md). What stands under Testing comes from \`aim-terminal/testing\`, all else from \`aim-terminal\`.

${groups.join('\n')}`;
}

function entry({ name, file, code, doc }: Exported): string {
  const said = doc
    .replace(/\s*\n\s*/g, ' ')
    .replace(/ ?@throws /g, '\n\nThrows: ')
    .replace(/\{@link (\S+?)\}/g, '`$1`');
  return `### ${name}\n\n${said === '' ? '' : `${said}\n\n`}\`\`\`ts\n${code}\n\`\`\`\n\n[${file}](../${file})\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = sdkReference();
  if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
  else if (readFileSync(PAGE, 'utf8') !== page) {
    console.error('docs/sdk-reference.md is not current: node scripts/sdk-reference.ts');
    process.exitCode = 1;
  }
}
