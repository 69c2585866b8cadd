// How MCP servers look on the command line: a table by risk, one server whole, and what it said when it was asked.

import { rules } from '../../src/mcp/checks/rules.ts';
import { clientTitle } from '../../src/mcp/clients.ts';
import { clientsOf, effectsOf, stateOf } from '../../src/mcp/describe.ts';
import { launchLine, type McpRow } from '../../src/mcp/overview.ts';
import type { DetectedServer, Detection, Inspection, McpTool, Sighting } from '../../src/mcp/record.ts';
import { schemaTree } from '../../src/mcp/schema-tree.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import type { McpCapability } from '../../src/wire/mcp.ts';
import { type Cell, tableView, type View } from '../output/view.ts';

type Listed<Item> = { items: readonly Item[]; nextCursor: null; total: number };

export const serverTable: View<Listed<McpRow>> = tableView({
  rows: ({ items }: Listed<McpRow>) => items,
  columns: [
    { key: 'name', title: 'Name', value: ({ name }: McpRow) => name },
    { key: 'risk', title: 'Risk', value: ({ risk }: McpRow) => asUntrusted(risk) },
    { key: 'state', title: 'State', value: (row: McpRow) => asUntrusted(stateOf(row)) },
    { key: 'transport', title: 'Transport', value: ({ transport }: McpRow) => asUntrusted(transport), giveUp: 2 },
    { key: 'clients', title: 'Clients', value: (row: McpRow) => asUntrusted(clientsOf(row)), giveUp: 1 },
    { key: 'tools', title: 'Tools', value: ({ tools }: McpRow) => tools, format: 'number', giveUp: 4 },
    { key: 'launch', title: 'Starts', value: ({ launch }: McpRow) => launch, grow: true, giveUp: 3 },
  ],
  empty: 'No MCP servers: no client here is configured with one, and the control plane knows none.',
  next: ({ items }: Listed<McpRow>) => (items.length > 0 ? 'About one of them: aim mcp show NAME' : null),
});

export const detectionTable: View<Listed<DetectedServer> & Omit<Detection, 'servers'>> = tableView({
  rows: ({ items }: Listed<DetectedServer>) => items,
  columns: [
    { key: 'name', title: 'Name', value: ({ name }: DetectedServer) => name },
    { key: 'transport', title: 'Transport', value: ({ transport }: DetectedServer) => asUntrusted(transport) },
    {
      key: 'sightings',
      title: 'Clients',
      value: ({ sightings }: DetectedServer) => asUntrusted(sightings.map(seen).join(', ')),
    },
    { key: 'launch', title: 'Starts', value: launchLine, grow: true, giveUp: 2 },
    {
      key: 'environment',
      title: 'Environment',
      value: ({ environment }: DetectedServer) => asUntrusted(environment.map(({ name }) => name).join(' ')),
      giveUp: 3,
    },
    { key: 'key', title: 'Key', value: ({ key }: DetectedServer) => asUntrusted(key), format: 'id', giveUp: 1 },
  ],
  empty: 'No client here is configured with an MCP server.',
  next: ({ filesRead }: Listed<DetectedServer> & Omit<Detection, 'servers'>) =>
    `${filesRead} files were read; no server was started.`,
});

const seen = ({ client, scope, disabled, home }: Sighting): string =>
  `${clientTitle(client)} ${scope}${disabled ? ' off' : ''}${home ? ` (${home})` : ''}`;

export type ShownServer = McpRow & { capabilities: McpCapability[]; inspection: Inspection | null };

export const shownServer: View<ShownServer> = {
  kind: 'text',
  lines: (server) => [
    ...serverLines(server),
    ...(server.inspection === null ? capabilityLines(server.capabilities) : inspectionLines(server.inspection)),
  ],
};

export const inspectionText: View<Inspection> = { kind: 'text', lines: inspectionLines };

type Lines = (readonly Cell[])[];
const own = (text: string): Cell => ours(text);
const field = (title: string, ...cells: Cell[]): readonly Cell[] => [own(title.padEnd(14)), ...cells];

function serverLines(server: ShownServer): Lines {
  const { detected } = server;
  const lines: Lines = [
    field('Name', server.name),
    field('Key', own(server.key)),
    field('Risk', own(server.risk)),
    field('State', own(stateOf(server))),
    field('Transport', own(server.transport)),
    field('Starts', server.launch),
  ];
  if (server.id !== null) lines.push(field('Registry id', asUntrusted(server.id)));
  if (server.trustScore !== null) lines.push(field('Trust', own(`${Math.round(server.trustScore * 100)} %`)));
  if (detected?.cwd) lines.push(field('Folder', detected.cwd));
  for (const [title, values] of [
    ['Environment', detected?.environment ?? []],
    ['Headers', detected?.headers ?? []],
  ] as const) {
    for (const [index, { name, shape, fingerprint }] of values.entries()) {
      lines.push(field(index === 0 ? title : '', name, own(` (${shape}${fingerprint === null ? '' : ` ${fingerprint}`})`)));
    }
  }
  for (const [index, sighting] of (detected?.sightings ?? []).entries()) {
    const marks = [
      sighting.scope,
      sighting.wins ? 'in effect' : 'hidden by another',
      ...(sighting.disabled ? ['switched off'] : []),
    ];
    lines.push(
      field(
        index === 0 ? 'Configured in' : '',
        own(`${clientTitle(sighting.client)} (${marks.join(', ')}): `),
        asUntrusted(`${sighting.configPath}#${sighting.pointer}`),
      ),
    );
  }
  for (const { method, confidence, detail } of detected?.evidence ?? []) {
    lines.push(field('Evidence', own(`${method}, ${Math.round(confidence * 100)} %: `), detail));
  }
  if (server.findings.length > 0) lines.push([], [own('Findings')]);
  for (const { severity, rule, message } of server.findings) {
    lines.push([own(`  ${severity.padEnd(9)}${rule}: `), asUntrusted(message)], [own(`           ${rules[rule].remedy}`)]);
  }
  return lines;
}

function capabilityLines(capabilities: readonly McpCapability[]): Lines {
  if (capabilities.length === 0) return [[], [own('Its tools are not known yet. Ask it: aim mcp inspect NAME')]];
  return [
    [],
    [own(`Known to the control plane (${capabilities.length})`)],
    ...capabilities.map(({ type, name, description }): Cell[] => [
      own(`  ${type.padEnd(9)}`),
      name,
      own(description ? '  ' : ''),
      description,
    ]),
  ];
}

function inspectionLines(inspection: Inspection): Lines {
  const { tools, resources, prompts, templates = [], problems, instructions } = inspection;
  const lines: Lines = [
    field('Server', inspection.serverName, own(' '), inspection.serverVersion),
    field(
      'Protocol',
      own(
        `${inspection.protocolVersion ?? 'unknown'}${inspection.era ? ` (${inspection.era})` : ''}, ${inspection.transport ?? 'unknown'}`,
      ),
    ),
  ];
  if (inspection.latencyMs !== null) lines.push(field('Latency', own(`${inspection.latencyMs} ms`)));
  if (instructions !== null) lines.push(field('Instructions', instructions));
  for (const problem of problems) lines.push(field('Problem', problem));
  lines.push([], [own(`Tools (${tools.length})`)], ...tools.flatMap(toolLines));
  if (resources.length > 0)
    lines.push(
      [],
      [own(`Resources (${resources.length})`)],
      ...resources.map(({ uri, name }): Cell[] => [own('  '), uri, own(name ? '  ' : ''), name]),
    );
  if (templates.length > 0)
    lines.push(
      [],
      [own(`Resource templates (${templates.length})`)],
      ...templates.map(({ uriTemplate }): Cell[] => [own('  '), uriTemplate]),
    );
  if (prompts.length > 0)
    lines.push(
      [],
      [own(`Prompts (${prompts.length})`)],
      ...prompts.map(({ name, description }): Cell[] => [own('  '), name, own(description ? '  ' : ''), description]),
    );
  if (inspection.stderrTail !== '')
    lines.push(
      [],
      [own('The end of its standard error')],
      ...inspection.stderrTail
        .trimEnd()
        .split('\n')
        .map((line): Cell[] => [own('  '), asUntrusted(line)]),
    );
  return lines;
}

function toolLines(tool: McpTool): Lines {
  const marks = effectsOf(tool);
  return [
    [own('  '), tool.name, own(tool.title === null ? '' : '  '), tool.title, own(marks === '' ? '' : `  [${marks}]`)],
    ...(tool.description === null ? [] : [[own('      '), tool.description]]),
    ...schemaTree(tool.inputSchema).map(({ depth, name, type, isRequired, description }): Cell[] => [
      own(`      ${'  '.repeat(depth)}`),
      name,
      own(isRequired ? ' * ' : '   '),
      type,
      own(description === null ? '' : '  '),
      description,
    ]),
  ];
}
