// `aim doctor`: looks for what is wrong with this machine, its settings and the way to the server, and says the fix.

import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, defineAction } from '../action.ts';
import { tableView } from '../output/view.ts';
import { checkMachine } from './machine.ts';
import { checkServer } from './server.ts';

export type Finding = { check: string; state: 'ok' | 'warning' | 'failed' | 'skipped'; finding: string; fix: string | null };

const doctor = defineAction({
  id: 'doctor',
  summary: 'Look for what is wrong here, and say the fix',
  description: 'Exit 1 where a check failed. Starts nothing and changes nothing.',
  examples: [
    { command: 'doctor', summary: 'Everything' },
    { command: 'doctor --jq \'.items[] | select(.state == "failed")\'', summary: 'Only what failed' },
  ],
  args: {},
  options: {},
  needs: 'none',
  mendsSettings: true,
  commandLineOnly: true,
  run: async (context) => {
    const items: Finding[] = [...(await checkMachine(context)), ...(await checkServer(context))];
    return { items, nextCursor: null, total: items.length };
  },
  view: tableView({
    rows: (result: { items: Finding[] }) => result.items,
    columns: [
      { key: 'check', title: 'Check', value: (found) => ours(found.check) },
      { key: 'state', title: 'State', value: (found) => ours(found.state) },
      { key: 'finding', title: 'Found', value: (found) => asUntrusted(found.finding), grow: true },
      { key: 'fix', title: 'Fix', value: (found) => (found.fix === null ? null : asUntrusted(found.fix)) },
    ],
    empty: '',
    next: ({ items }) => (items.some(({ fix }) => fix !== null) ? 'Every fix, whole: aim doctor --no-trunc' : null),
  }),
  exitCode: ({ items }) => (items.some(({ state }) => state === 'failed') ? 1 : 0),
});

export const doctorActions: readonly Action[] = [doctor];
