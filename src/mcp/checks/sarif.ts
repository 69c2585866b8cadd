// Findings in SARIF 2.1.0 (OASIS), which code hosts and editors show beside the file that they are about.

import { createHash } from 'node:crypto';
import { isAbsolute, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { visible } from '../../text/visible.ts';
import type { Finding, Severity } from './finding.ts';
import { type RuleId, rules } from './rules.ts';
import type { Suppression } from './suppressions.ts';

type Options = { version: string; cwd: string; suppressed?: readonly { finding: Finding; suppression: Suppression }[] };

/** Text of servers is made visible first: a code host shows it to people. */
export function sarif(findings: readonly Finding[], { version, cwd, suppressed = [] }: Options): object {
  const all = [...findings.map((finding) => ({ finding, suppression: null })), ...suppressed];
  const used = [...new Set(all.map(({ finding }) => finding.rule))].sort();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'aim',
            version,
            informationUri: 'https://github.com/opena2a-org/agent-identity-management',
            rules: used.map(descriptor),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: all.map(({ finding, suppression }) => ({
          ruleId: finding.rule,
          ruleIndex: used.indexOf(finding.rule),
          level: levels[finding.severity],
          message: { text: `${visible(finding.server.name)}: ${finding.message} ${rules[finding.rule].remedy}` },
          locations: [locationOf(finding, cwd)],
          partialFingerprints: { 'finding/v1': fingerprint(finding) },
          properties: { severity: finding.severity, evidence: visible(finding.evidence.text), subject: finding.subject.kind },
          ...(suppression === null
            ? {}
            : {
                suppressions: [
                  {
                    kind: 'external',
                    justification: `${suppression.reason} (until ${suppression.expires})`,
                  },
                ],
              }),
        })),
      },
    ],
  };
}

const levels: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
// What GitHub sorts by, from 0 to 10.
const scores: Record<Severity, string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '0.5' };

function descriptor(id: RuleId): object {
  const { severity, title, remedy } = rules[id];
  return {
    id,
    name: id.replace('mcp/', '').replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${title}.` },
    help: { text: remedy },
    defaultConfiguration: { level: levels[severity] },
    properties: { 'security-severity': scores[severity], tags: ['security', 'mcp'] },
  };
}

function locationOf({ place, server, subject }: Finding, cwd: string): object {
  const logicalLocations = [
    { fullyQualifiedName: `${visible(server.name)}/${subject.kind}/${visible(subject.name)}`, kind: 'resource' },
  ];
  if (place === null) return { logicalLocations };
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(place.path, cwd) }, region: { startLine: 1 } },
    logicalLocations,
  };
}

// Relative inside the working directory, so that a code host finds the file.
function uriOf(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  if (!isAbsolute(inside) && !inside.startsWith('..')) return inside.split(/[\\/]/).map(encodeURIComponent).join('/');
  return pathToFileURL(path).href;
}

const fingerprint = ({ rule, server, subject, evidence }: Finding): string =>
  createHash('sha256')
    .update(JSON.stringify([rule, server.key, subject.kind, subject.name, evidence.text]))
    .digest('hex')
    .slice(0, 32);
