// What a person does about a server that changed: says it was seen, makes it the baseline, refuses it, takes it out of use.

import { clientTitle } from '../../src/mcp/clients.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { McpDrift } from '../../src/wire/mcp.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import type { DetailItem } from '../widgets/detail.tsx';
import { words } from '../words.ts';
import { Agree } from './agree.tsx';
import { catalogueOf } from './catalogue-of.ts';

export function useDecisionKeys(selected: () => McpRow | null): readonly Binding[] {
  const dashboard = useDashboard();
  const row = selected();
  const facts =
    row === null
      ? undefined
      : catalogueOf(dashboard)
          .get()
          .facts.get(row.id ?? '');
  const waiting = facts?.drifts?.find(({ status }) => status === 'open' || status === 'acknowledged') ?? null;
  const nothing = ours('Nothing about this server waits for a decision.');
  const decide = (verb: 'acknowledge' | 'approve' | 'deny') => () => {
    if (waiting !== null) dashboard.run(`mcp.drift.${verb}`, givenOf(waiting), [waiting.id]);
  };
  return [
    {
      id: 'mcp.drift.approve',
      keys: ['A'],
      label: ours('approve'),
      summary: ours('Make what this server offers now its baseline'),
      disabled: waiting === null ? nothing : null,
      footer: 7,
      decides: true,
      run: decide('approve'),
    },
    {
      id: 'mcp.drift.deny',
      keys: ['D'],
      label: ours('deny'),
      summary: ours('Refuse what this server became, and suspend it'),
      disabled: waiting === null ? nothing : null,
      footer: 8,
      decides: true,
      run: decide('deny'),
    },
    {
      id: 'mcp.drift.acknowledge',
      keys: ['K'],
      label: ours('seen'),
      summary: ours('Say that the change was seen; the baseline stays'),
      disabled: waiting?.status === 'open' ? null : nothing,
      footer: 9,
      run: decide('acknowledge'),
    },
    {
      id: 'mcp.quarantine',
      keys: ['Q'],
      label: ours('quarantine'),
      summary: ours('Take this server out of use at every client here; shows first what changes in which file'),
      disabled: row?.detected ? null : ours('No client of this machine has this server.'),
      footer: 10,
      run: () => void askQuarantine(dashboard, selected()),
    },
  ];
}

const givenOf = ({ id, mcpServerName }: McpDrift) => ({ drift: { value: id, label: mcpServerName ?? id } }) as never;

async function askQuarantine(dashboard: Dashboard, row: McpRow | null): Promise<void> {
  const { shell } = dashboard;
  if (row?.detected == null) return;
  const name = visible(row.name, { max: 60 });
  const failed = (error: unknown): void =>
    shell.say(visible(asUntrusted(error instanceof Error ? error.message : String(error)), { max: 200 }), 'bad');
  try {
    const { planQuarantine } = await import('../../src/mcp/quarantine.ts');
    const { steps, left } = await planQuarantine(row.detected);
    if (steps.length === 0)
      return shell.say(words`No client has ${name} switched on in a file that may be changed.`, 'warning');
    const put = async (): Promise<void> => {
      await dashboard.execute('mcp.quarantine', { server: row.key });
      shell.say(words`${name} is out of use; aim mcp release puts it back.`, 'good');
      await catalogueOf(dashboard).look();
    };
    shell.open({
      kind: 'dialog',
      render: ({ width, height, close }) => (
        <Agree
          title={words`Take ${name} out of use?`}
          items={[...steps.flatMap(stepItems), ...left.map(leftItem), { kind: 'gap' }, AFTERWARDS]}
          yes={{ label: ours('quarantine'), summary: ours('Copy each file, then change it as shown') }}
          width={width}
          height={height}
          close={close}
          onYes={() => void put().catch(failed)}
        />
      ),
    });
  } catch (error) {
    failed(error);
  }
}

type Plan = Awaited<ReturnType<typeof import('../../src/mcp/quarantine.ts').planQuarantine>>;

function stepItems({ client, path, edit, before, after }: Plan['steps'][number]): DetailItem[] {
  const [old, now] = [before.split('\n'), (after ?? '').split('\n')];
  const said = edit === null ? ours('is taken out of') : ours('is switched off in');
  const line =
    (sign: string, tone: 'bad' | 'good') =>
    (text: string): DetailItem => ({
      kind: 'line',
      runs: [{ text: words`  ${ours(sign)} ${visible(asUntrusted(text), { max: 400 })}`, tone }],
    });
  return [
    { kind: 'heading', text: words`${ours(clientTitle(client))}: ${said} ${visible(asUntrusted(path), { max: 400 })}` },
    ...old.filter((text) => !now.includes(text)).map(line('-', 'bad')),
    ...now.filter((text) => text !== '' && !old.includes(text)).map(line('+', 'good')),
  ];
}

const leftItem = ({ client, path, why }: Plan['left'][number]): DetailItem => ({
  kind: 'line',
  runs: [words`${ours(clientTitle(client))}: left in ${visible(asUntrusted(path), { max: 400 })}, ${ours(why)}`],
});

const AFTERWARDS: DetailItem = {
  kind: 'line',
  runs: [
    { text: ours('Each file is copied first. Clients that run now keep their servers until they start again.'), tone: 'muted' },
  ],
};
