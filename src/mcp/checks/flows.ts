// What only shows across servers: the same name twice, one server that speaks of another's tools, and data that can be carried out.

import { isMixedScript, skeleton } from '../../text/confusables.ts';
import { visible } from '../../text/visible.ts';
import type { DetectedServer, Inspection, McpTool } from '../record.ts';
import type { Objection } from './finding.ts';
import { verbOf, wordsOf } from './tools.ts';

export type Inspected = { server: DetectedServer; inspection: Inspection };
export type Attributed = { server: DetectedServer; objection: Objection };

/** Servers count together where one client has them: only there does a model see both. */
export function crossObjections(inspected: readonly Inspected[]): Attributed[] {
  const found = new Map<string, Attributed>();
  for (const group of clientGroups(inspected)) {
    for (const item of [...collisions(group), ...references(group), ...flows(group)]) {
      const { rule, subject, evidence } = item.objection;
      found.set(JSON.stringify([item.server.key, rule, subject?.name, evidence]), item);
    }
  }
  return [...found.values()];
}

/** Names of servers that look like each other, for which nobody has to be asked. */
export function lookalikeServers(servers: readonly DetectedServer[]): Attributed[] {
  const known = new Map<string, DetectedServer>();
  const found: Attributed[] = [];
  for (const server of servers) {
    const shape = skeleton(server.name);
    const other = known.get(shape);
    if (other !== undefined && plain(other.name) !== plain(server.name))
      found.push(lookalike(server, server.name, other.name, 'server'));
    else if (isMixedScript(server.name))
      found.push({
        server,
        objection: {
          rule: 'mcp/lookalike-name',
          evidence: server.name,
          message: 'Its name mixes letters of several scripts in one word.',
        },
      });
    if (other === undefined) known.set(shape, server);
  }
  return found;
}

function clientGroups(inspected: readonly Inspected[]): Inspected[][] {
  const groups = new Map<string, Inspected[]>();
  for (const item of inspected) {
    for (const { client, home, disabled } of item.server.sightings) {
      if (disabled) continue;
      const key = `${client}\0${home ?? ''}`;
      const group = groups.get(key) ?? [];
      if (!group.includes(item)) group.push(item);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function collisions(group: readonly Inspected[]): Attributed[] {
  const owners = new Map<string, { name: string; item: Inspected }>();
  const found: Attributed[] = [];
  for (const item of group) {
    for (const { name } of item.inspection.tools) {
      const shape = skeleton(name);
      const first = owners.get(shape);
      if (first === undefined) owners.set(shape, { name, item });
      else if (plain(first.name) !== plain(name)) found.push(lookalike(item.server, name, first.name, 'tool'));
      else if (first.item !== item) {
        const message = `${visible(first.item.server.name)} has a tool of this name, too.`;
        found.push({
          server: item.server,
          objection: { rule: 'mcp/name-collision', subject: { kind: 'tool', name }, evidence: name, message },
        });
      }
    }
  }
  return found;
}

// `read_file` and `readFile` are two spellings; `read_file` with a Cyrillic letter is a disguise.
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_.\s]+/g, '');

function lookalike(server: DetectedServer, name: string, other: string, kind: 'tool' | 'server'): Attributed {
  const message = `It looks like ${visible(other)} and is written differently.`;
  return { server, objection: { rule: 'mcp/lookalike-name', subject: { kind, name: name as never }, evidence: name, message } };
}

function references(group: readonly Inspected[]): Attributed[] {
  const found: Attributed[] = [];
  const owners = new Map<string, Inspected>();
  for (const item of group)
    for (const { name } of item.inspection.tools) if (isDistinctive(name) && !owners.has(name)) owners.set(name, item);
  if (owners.size === 0) return [];
  for (const item of group) {
    const own = new Set<string>(item.inspection.tools.map(({ name }) => name));
    const spoken = [
      ...item.inspection.tools.map(({ name, description }) => ({
        subject: { kind: 'tool' as const, name },
        text: description ?? '',
      })),
      { subject: { kind: 'instructions' as const, name: item.server.name }, text: item.inspection.instructions ?? '' },
    ];
    for (const { subject, text } of spoken) {
      for (const match of text.matchAll(/[A-Za-z][\w.-]{5,}/g)) {
        const owner = owners.get(match[0]);
        if (owner === undefined || owner === item || own.has(match[0])) continue;
        const message = `It speaks of ${visible(match[0])}, a tool of ${visible(owner.server.name)}.`;
        found.push({
          server: item.server,
          objection: { rule: 'mcp/reference-to-other-server', subject, evidence: match[0], start: match.index, message },
        });
        break;
      }
    }
  }
  return found;
}

// `search` and `status` are words; `create_issue` and `sendMail` are names.
const isDistinctive = (name: string): boolean => name.length >= 6 && /[_-]|[a-z][A-Z]/.test(name);

type Role = 'untrusted' | 'private' | 'sink' | 'destroys';

function flows(group: readonly Inspected[]): Attributed[] {
  const byRole = new Map<Role, { item: Inspected; tool: McpTool }>();
  for (const item of group) {
    for (const tool of item.inspection.tools)
      for (const role of rolesOf(tool)) if (!byRole.has(role)) byRole.set(role, { item, tool });
  }
  const [stranger, secret, sink, end] = (['untrusted', 'private', 'sink', 'destroys'] as const).map((role) => byRole.get(role));
  const found: Attributed[] = [];
  const chain = (...steps: ({ item: Inspected; tool: McpTool } | undefined)[]): string =>
    steps.map((step) => (step === undefined ? '' : `${visible(step.item.server.name)}.${visible(step.tool.name)}`)).join(' → ');
  if (stranger !== undefined && secret !== undefined && sink !== undefined) {
    const evidence = chain(stranger, secret, sink);
    found.push({
      server: sink.item.server,
      objection: {
        rule: 'mcp/leak-flow',
        subject: { kind: 'tool', name: sink.tool.name },
        evidence,
        message: `What strangers write can have private data sent out: ${evidence}.`,
      },
    });
  }
  if (stranger !== undefined && end !== undefined) {
    const evidence = chain(stranger, end);
    found.push({
      server: end.item.server,
      objection: {
        rule: 'mcp/destructive-flow',
        subject: { kind: 'tool', name: end.tool.name },
        evidence,
        message: `What strangers write can lead to destruction: ${evidence}.`,
      },
    });
  }
  return found;
}

/** By what the name says, with the annotations where they speak. */
function rolesOf(tool: McpTool): Role[] {
  const words = wordsOf(tool.name);
  const has = (list: Set<string>): boolean => words.some((word) => list.has(word.replace(/s$/, '')) || list.has(word));
  const verb = verbOf(tool.name)?.kind ?? null;
  const { readOnly, destructive, openWorld } = tool.annotations;
  const roles: Role[] = [];
  if ((verb === 'reads' || verb === null) && has(STRANGERS)) roles.push('untrusted');
  if ((verb === 'reads' || verb === null) && has(PRIVATE)) roles.push('private');
  if (readOnly !== true && ((verb === 'writes' && has(PUBLIC)) || words.some((word) => SENDS.has(word)))) roles.push('sink');
  else if (openWorld === true && readOnly === false && destructive !== true && verb === 'writes') roles.push('sink');
  if (verb === 'destroys' && readOnly !== true) roles.push('destroys');
  return roles;
}

const words = (text: string): Set<string> => new Set(text.split(' '));
const STRANGERS = words(
  'web url page website html http browse crawl scrape issue comment email mail inbox message review ticket tweet post feed rss discussion pullrequest',
);
const PRIVATE = words(
  'file directory folder database db sql table secret credential env environment mail email inbox note memory calendar contact drive document repository repo customer invoice password key vault',
);
const PUBLIC = words(
  'issue comment email mail message tweet post slack channel webhook gist page pullrequest pr status sms notification request',
);
const SENDS = words('send publish tweet notify webhook share upload email broadcast');
