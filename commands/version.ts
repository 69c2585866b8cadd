// `aim version`: what runs here. Imports nothing heavy: this verb has to start as fast as Node itself.

import { asUntrusted, ours } from '../src/text/brand.ts';
import { commit, inkVersion, version } from '../src/version.ts';
import { defineAction } from './action.ts';

export type VersionReport = { version: string; commit: string | null; node: string; ink: string | null; platform: string };

export const versionReport = (): VersionReport => ({
  version,
  commit,
  node: process.versions.node,
  ink: inkVersion,
  platform: `${process.platform}-${process.arch}`,
});

export const showVersion = defineAction({
  id: 'version',
  summary: 'Print the version',
  examples: [
    { command: 'version', summary: 'The version of aim' },
    { command: 'version --json', summary: 'With the commit, Node, Ink and the platform' },
  ],
  args: {},
  options: {},
  needs: 'none',
  mendsSettings: true,
  run: async () => versionReport(),
  view: { kind: 'text', lines: (report) => [[ours('aim '), asUntrusted(report.version)]] },
});
