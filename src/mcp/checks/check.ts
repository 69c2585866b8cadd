// Runs the rules over servers and what they say. Deterministic and offline: no model, no service, no look-up.

import { asUntrusted } from '../../text/brand.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import type { DetectedServer, Inspection } from '../record.ts';
import { configurationObjections } from './configuration.ts';
import { type Finding, type Objection, severities, worst } from './finding.ts';
import { crossObjections, type Inspected, lookalikeServers } from './flows.ts';
import { rules } from './rules.ts';
import { textsOf } from './texts.ts';
import { toolObjections } from './tools.ts';
import { wordObjections } from './words.ts';

/** What the entry of a server alone shows. */
export const checkEntry = (server: DetectedServer): Finding[] =>
  configurationObjections(server).map((objection) => asFinding(objection, server));

/** What a server says of itself. */
export function checkInspection(server: DetectedServer, inspection: Inspection): Finding[] {
  const objections = [...toolObjections(inspection)];
  for (const spoken of textsOf(inspection)) objections.push(...wordObjections(spoken));
  return objections.map((objection) => asFinding(objection, server));
}

/** Everything about a set of servers, worst first; `inspections` by the servers' keys. */
export function check(servers: readonly DetectedServer[], inspections: ReadonlyMap<string, Inspection>): Finding[] {
  const inspected = servers.flatMap((server): Inspected[] => {
    const inspection = inspections.get(server.key);
    return inspection === undefined ? [] : [{ server, inspection }];
  });
  const across = [...lookalikeServers(servers), ...crossObjections(inspected)];
  return [
    ...servers.flatMap(checkEntry),
    ...inspected.flatMap(({ server, inspection }) => checkInspection(server, inspection)),
    ...across.map(({ server, objection }) => asFinding(objection, server)),
  ].sort(worstFirst);
}

export const worstFirst = (left: Finding, right: Finding): number =>
  severities.indexOf(right.severity) - severities.indexOf(left.severity) ||
  compare(left.server.name, right.server.name) ||
  compare(left.rule, right.rule) ||
  compare(left.subject.name, right.subject.name) ||
  compare(left.server.key, right.server.key) ||
  compare(left.evidence.text, right.evidence.text);

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** How much to worry about a server, for lists and sorting. */
export function riskOf(findings: readonly Finding[]): RiskLevel {
  const most = worst(findings);
  return most === null || most === 'info' ? 'low' : most;
}

export function asFinding(objection: Objection, server: DetectedServer): Finding {
  const [sighting] = server.sightings;
  const { rule, evidence, start = 0, message } = objection;
  return {
    rule,
    severity: objection.severity ?? rules[rule].severity,
    server: { key: server.key, name: server.name },
    subject: objection.subject ?? { kind: 'server', name: server.name },
    evidence: { text: asUntrusted(evidence.slice(0, LONGEST_EVIDENCE)), start },
    place: objection.place ?? (sighting === undefined ? null : { path: sighting.configPath, pointer: sighting.pointer }),
    message,
  };
}

const LONGEST_EVIDENCE = 300;
