// What a tool does to the world, by its annotations, its name and its parameters; and where these do not agree.

import type { Inspection, McpTool } from '../record.ts';
import type { Objection } from './finding.ts';

export function toolObjections({ tools }: Inspection): Objection[] {
  const found: Objection[] = tools.flatMap((tool) => {
    const subject = { kind: 'tool' as const, name: tool.name };
    const objections: Objection[] = [];
    const { readOnly, destructive } = tool.annotations;
    const verb = verbOf(tool.name);
    const commands = commandParameter(tool);
    if (readOnly === true && verb?.kind !== undefined && verb.kind !== 'reads') {
      objections.push({
        rule: 'mcp/lying-annotation',
        subject,
        evidence: verb.word,
        message: `It says that it only reads, and is called ${verb.word}.`,
      });
    } else if (readOnly === true && commands !== null) {
      objections.push({
        rule: 'mcp/lying-annotation',
        subject,
        evidence: commands,
        message: `It says that it only reads, and takes a ${commands}.`,
      });
    }
    if (verb?.kind === 'destroys' && readOnly !== true && destructive !== true) {
      const severity = destructive === false ? 'medium' : 'low';
      const said = destructive === false ? 'says that it does not destroy' : 'does not say whether it destroys';
      objections.push({
        rule: 'mcp/unmarked-destruction',
        severity,
        subject,
        evidence: verb.word,
        message: `It ${said}, and is called ${verb.word}.`,
      });
    }
    if (commands !== null && (verb?.kind === 'runs' || RUNS.test(tool.name))) {
      objections.push({
        rule: 'mcp/command-execution',
        subject,
        evidence: commands,
        message: `It runs the ${commands} that its caller gives.`,
      });
    }
    return objections;
  });
  if (tools.length > MANY)
    found.push({ rule: 'mcp/many-tools', evidence: String(tools.length), message: `It offers ${tools.length} tools.` });
  return found;
}

export type Verb = { word: string; kind: 'reads' | 'writes' | 'destroys' | 'runs' };

/** The first word of a tool's name that says what it does: `github_delete_repo` deletes, `get_deleted_files` gets. */
export function verbOf(name: string): Verb | null {
  for (const word of wordsOf(name)) {
    for (const [kind, verbs] of VERBS) if (verbs.has(word)) return { word, kind };
  }
  return null;
}

export const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

const set = (words: string): Set<string> => new Set(words.split(' '));
const VERBS: readonly [Verb['kind'], Set<string>][] = [
  [
    'reads',
    set(
      'get list read show search find query describe fetch view check count lookup browse inspect explain analyze analyse validate verify preview download status help summarize diff compare test ping echo resolve simulate dry',
    ),
  ],
  [
    'destroys',
    set('delete remove drop destroy purge wipe truncate erase kill terminate revoke uninstall rm del unlink clear reset'),
  ],
  [
    'writes',
    set(
      'write create update edit modify set put post patch insert append move rename copy save upload send publish push commit merge deploy install add assign close reply approve transfer pay order book',
    ),
  ],
  ['runs', set('exec execute eval spawn shell bash sh cmd powershell terminal')],
];
const RUNS =
  /(?:^|[_.\-/])(?:run|exec|execute|eval|shell|bash|terminal|command|python|code)(?:$|[_.\-/])|(?:run|exec|execute)(?:Command|Code|Shell|Script|Python)/i;

/** The parameter that takes a command or code, if there is one. */
function commandParameter({ inputSchema }: McpTool): string | null {
  const properties = typeof inputSchema === 'object' && inputSchema !== null ? Reflect.get(inputSchema, 'properties') : null;
  if (typeof properties !== 'object' || properties === null) return null;
  return (
    Object.keys(properties).find((name) =>
      /^(?:command|cmd|shell|shell_?command|script|code|python_?code|source_?code|bash|powershell|argv)$/i.test(name),
    ) ?? null
  );
}

const MANY = 100;
