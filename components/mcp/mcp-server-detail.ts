// One server as a document: what it is, where it is configured, what is wrong with it, and what it offers.

import type { Inspecting } from '../../src/mcp/catalogue.ts';
import { rules } from '../../src/mcp/checks/rules.ts';
import { clientTitle } from '../../src/mcp/clients.ts';
import { effectsOf, stateOf } from '../../src/mcp/describe.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import type { Inspection, McpTool, Sighting, ValueShape } from '../../src/mcp/record.ts';
import type { RegistryFacts } from '../../src/mcp/registry-facts.ts';
import { schemaTree } from '../../src/mcp/schema-tree.ts';
import { asUntrusted, ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { McpCapability } from '../../src/wire/mcp.ts';
import type { Runs } from '../paint.ts';
import type { Tone } from '../theme.ts';
import type { DetailItem } from '../widgets/detail.tsx';
import { joined, own, words } from '../words.ts';
import { riskTone } from './mcp-columns.ts';
import { changedItems, isPending, registryItems } from './mcp-registry-detail.ts';
import { ago } from './shown.ts';

export function serverItems(row: McpRow, { inspecting, capabilities, facts, width }: Known, now: number): DetailItem[] {
  return [
    ...identity(row, (facts?.drifts ?? []).filter(isPending).length),
    ...findings(row),
    ...changedItems(facts, width),
    ...offer(inspecting, capabilities, now),
    ...registryItems(facts, now),
    ...sightings(row.detected?.sightings ?? []),
  ];
}

/** What is known of it beside its row. */
export type Known = {
  inspecting: Inspecting | null;
  capabilities: readonly McpCapability[];
  facts: RegistryFacts | null;
  width: number;
};

const heading = (text: Printable): DetailItem[] => [{ kind: 'gap' }, { kind: 'heading', text }];
const field = (label: string, value: Printable, tone?: Tone): DetailItem => ({
  kind: 'field',
  label: ours(label),
  value,
  tone,
});
const text = (value: string | null, max = 400): Printable => visible(asUntrusted(value ?? ''), { max });

function identity(row: McpRow, drifts: number): DetailItem[] {
  const { detected } = row;
  const items = [
    field('Name', text(row.name)),
    field('Risk', own(row.risk), riskTone(row.risk)),
    ...(drifts === 0 ? [] : [field('Changed', ours('It is not as its baseline'), 'bad')]),
    field('State', own(stateOf(row))),
    field(row.transport === 'stdio' ? 'Starts' : 'Reached at', text(row.launch, 2_000)),
  ];
  if (detected?.cwd) items.push(field('In folder', text(detected.cwd)));
  if (detected !== null && detected.environment.length > 0) items.push(field('Environment', values(detected.environment)));
  if (detected !== null && detected.headers.length > 0) items.push(field('Headers', values(detected.headers)));
  if (row.trustScore !== null) items.push(field('Trust', words`${Math.round(row.trustScore * 100)} %`));
  if (row.attestationCount !== null) items.push(field('Attestations', words`${row.attestationCount}`));
  return items;
}

const values = (shapes: readonly ValueShape[]): Printable =>
  joined(
    shapes.map(({ name, shape }) => words`${text(name, 80)} (${own(shape)})`),
    ', ',
  );

function findings({ findings: found }: McpRow): DetailItem[] {
  if (found.length === 0) return [];
  return [
    ...heading(words`Found by the checks (${found.length})`),
    ...found.flatMap(({ severity, rule, message }): DetailItem[] => [
      {
        kind: 'field',
        label: own(severity),
        value: words`${text(message)} ${own(rule)}`,
        tone: severity === 'low' || severity === 'info' ? undefined : riskTone(severity),
      },
      { kind: 'field', label: ours(''), value: own(rules[rule].remedy), tone: 'muted' },
    ]),
  ];
}

function sightings(found: readonly Sighting[]): DetailItem[] {
  if (found.length === 0) return [];
  return [
    ...heading(ours('Configured in')),
    ...found.map((sighting): DetailItem => {
      const marks = [
        sighting.scope,
        sighting.wins ? 'in effect' : 'hidden by another',
        ...(sighting.disabled ? ['switched off'] : []),
      ];
      const approved =
        sighting.autoApproved.length === 0 ? ours('') : words`; without asking: ${text(sighting.autoApproved.join(', '))}`;
      return field(
        clientTitle(sighting.client),
        words`${text(`${sighting.configPath}#${sighting.pointer}`)} (${own(marks.join(', '))})${approved}`,
      );
    }),
  ];
}

function offer(inspecting: Inspecting | null, capabilities: readonly McpCapability[], now: number): DetailItem[] {
  if (inspecting?.state === 'running')
    return [...heading(ours('Tools')), { kind: 'line', runs: [{ text: ours('  asking the server…'), tone: 'info' }] }];
  if (inspecting?.state === 'failed') return [...heading(ours('Tools')), field('Not asked', text(inspecting.message), 'bad')];
  if (inspecting?.state === 'done') return inspected(inspecting.inspection, inspecting.at, now);
  if (capabilities.length === 0)
    return [
      ...heading(ours('Tools')),
      { kind: 'line', runs: [{ text: ours('  Not known yet: i asks the server.'), tone: 'muted' }] },
    ];
  return [
    ...heading(words`Known to the control plane (${capabilities.length})`),
    ...capabilities.map(
      ({ name, type, description }): DetailItem => field(type, words`${text(name, 80)}  ${text(description)}`),
    ),
  ];
}

function inspected(inspection: Inspection, at: number, now: number): DetailItem[] {
  const { tools, resources, prompts, templates = [], problems, instructions, stderrTail } = inspection;
  const version = words`${text(inspection.serverName, 80)} ${text(inspection.serverVersion, 40)}`;
  const items: DetailItem[] = [
    ...heading(words`What it says of itself (asked ${ago(at, now)})`),
    field(
      'Server',
      inspection.serverName === null ? ours('did not answer') : version,
      inspection.serverName === null ? 'bad' : undefined,
    ),
    field('Protocol', words`${text(inspection.protocolVersion ?? 'unknown', 40)}, ${own(inspection.transport ?? 'unknown')}`),
  ];
  if (inspection.latencyMs !== null) items.push(field('Latency', words`${inspection.latencyMs} ms`));
  for (const problem of problems) items.push(field('Problem', text(problem), 'warning'));
  if (instructions !== null)
    items.push({ kind: 'quote', label: ours('Its instructions to the model'), text: block(instructions) });
  items.push(...heading(words`Tools (${tools.length})`), ...tools.flatMap(toolItems));
  if (resources.length > 0)
    items.push(
      ...heading(words`Resources (${resources.length})`),
      ...resources.map(({ uri, name }) => field('', words`${text(uri)}  ${text(name)}`)),
    );
  if (templates.length > 0)
    items.push(
      ...heading(words`Resource templates (${templates.length})`),
      ...templates.map(({ uriTemplate }) => field('', text(uriTemplate))),
    );
  if (prompts.length > 0)
    items.push(
      ...heading(words`Prompts (${prompts.length})`),
      ...prompts.map(({ name, description }) => field('', words`${text(name, 80)}  ${text(description)}`)),
    );
  if (stderrTail !== '')
    items.push({ kind: 'gap' }, { kind: 'quote', label: ours('The end of its standard error'), text: block(stderrTail) });
  return items;
}

const block = (words: string): Printable => visible(asUntrusted(words.trimEnd()), { lines: 'many', max: 4_000 });

/** A tool as an operator needs it: its name, what it claims to do to the world, its words, its parameters. */
function toolItems(tool: McpTool): DetailItem[] {
  const effects = effectsOf(tool);
  const title: Runs = [
    { text: words`  ${text(tool.name, 80)}`, tone: 'strong' },
    { text: tool.title === null ? ours('') : words`  ${text(tool.title, 80)}`, tone: 'untrusted' },
    {
      text: effects === '' ? ours('') : words`  [${own(effects)}]`,
      tone: tool.annotations.destructive === true ? 'warning' : 'info',
    },
  ];
  const items: DetailItem[] = [{ kind: 'line', runs: title }];
  if (tool.description !== null) items.push({ kind: 'quote', label: ours('    It says'), text: block(tool.description) });
  for (const { depth, name, type, isRequired, description, values: allowed } of schemaTree(tool.inputSchema)) {
    const more = description === null ? ours('') : words`  ${text(description, 200)}`;
    const choice = allowed.length === 0 ? ours('') : words` (${text(allowed.join(' '), 120)})`;
    items.push({
      kind: 'line',
      runs: [
        words`    ${own('  '.repeat(depth))}${text(name, 60)}${isRequired ? ours(' *') : ours('')}  `,
        { text: words`${text(type, 60)}${choice}`, tone: 'info' },
        { text: more, tone: 'untrusted' },
      ],
    });
  }
  return items;
}
