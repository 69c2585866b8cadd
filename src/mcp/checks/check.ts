// Runs the rules over servers and what they say. Deterministic and offline: no model, no service, no look-up.

import { asUntrusted } from '../../text/brand.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import type { DetectedServer } from '../record.ts';
import { configurationObjections } from './configuration.ts';
import { type Finding, type Objection, worst } from './finding.ts';
import { rules } from './rules.ts';

/** What the entry of a server alone shows. */
export const checkEntry = (server: DetectedServer): Finding[] =>
  configurationObjections(server).map((objection) => asFinding(objection, server));

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
