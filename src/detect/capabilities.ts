// What a project's own code says that it does: the capabilities named in its calls, and those written down in ~/.aim/capabilities.json.

import { join, relative } from 'node:path';
import { readPrivateObject } from '../credentials/private-file.ts';
import { aimFolder } from '../credentials/sdk-credentials.ts';
import { type Project, readProject, readSource } from './project.ts';
import { scanSource } from './source-scan.ts';

/** One place that names a capability. */
export type CapabilityFinding = {
  capability: string;
  method: 'config' | 'call';
  /** Where it is named. */
  file: string;
  line: number | null;
  /** 0 to 100. */
  confidence: number;
};

type Options = { start?: string; project?: Project; folder?: string };

/** The names, sorted, each once. Names are taken as they are written: none is translated into another vocabulary. */
export async function autoDetectCapabilities(options: Options = {}): Promise<string[]> {
  return [...new Set((await detectCapabilities(options)).map(({ capability }) => capability))].sort();
}

/** Each place where a capability is named. */
export async function detectCapabilities({ start, project, folder = aimFolder() }: Options = {}): Promise<CapabilityFinding[]> {
  const { files, root } = project ?? (await readProject(start));
  const findings = await configured(join(folder, 'capabilities.json'));
  for (const file of files) {
    const source = await readSource(file);
    if (source === null) continue;
    if (!MAY_NAME.test(source)) continue;
    const { namedInCalls } = await import('./syntax-scan.ts');
    const parsed = namedInCalls(source);
    for (const { capability, line } of parsed ?? scanSource(source).capabilities)
      findings.push({
        capability,
        method: 'call',
        file: relative(root ?? '', file),
        line,
        confidence: parsed === null ? BY_TOKENS : BY_TREE,
      });
  }
  return findings;
}

// Most files of a project name none: they are not worth a parser.
const MAY_NAME = /\b(?:performAction|verifyCapability|requireApproval|registerCapability|requestCapability|action)\b/;
const BY_TREE = 95;
const BY_TOKENS = 80; // a file that no parser reads

async function configured(file: string): Promise<CapabilityFinding[]> {
  const { capabilities } = (await readPrivateObject(file).catch(() => null)) ?? {};
  if (!Array.isArray(capabilities)) return [];
  return capabilities
    .filter((name) => typeof name === 'string')
    .map((capability) => ({ capability, method: 'config', file, line: null, confidence: 100 }));
}
