// "Start this?": the exact words that would run, before anything runs. Enter and escape leave it alone.

import type { LaunchDescription } from '../../src/mcp/launch.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import type { DetailItem } from '../widgets/detail.tsx';
import { joined, words } from '../words.ts';
import { Agree } from './agree.tsx';
import { catalogueOf } from './catalogue-of.ts';

/** `i`: shows what would be started, and starts it when told to. */
export function useInspectKey(selected: () => McpRow | null): Binding {
  const dashboard = useDashboard();
  const askFirst = useAskFirst();
  return {
    id: 'mcp.inspect',
    keys: ['i'],
    label: ours('inspect'),
    summary: ours('Start this server and read what it offers; shows first what is started'),
    footer: 2,
    run() {
      const row = selected();
      if (row !== null) void askFirst(row, () => void catalogueOf(dashboard).inspect(row));
    },
  };
}

/** Shows what would be started; where a person agrees, does it and shows the server. */
export function useAskFirst(): (row: McpRow, yes: () => void) => Promise<void> {
  const dashboard = useDashboard();
  const { shell } = dashboard;
  return async (row, yes) => {
    const catalogue = catalogueOf(dashboard);
    try {
      const launch = await catalogue.describe(row);
      const start = (): void => {
        yes();
        const { place } = shell;
        if (place.screen !== 'mcp-server' || (place.of !== row.key && place.of !== row.id))
          shell.go('mcp-server', row.key, visible(row.name, { max: 40 }));
      };
      shell.open({
        kind: 'dialog',
        render: ({ width, height, close }) => (
          <Agree
            title={words`Inspect ${visible(row.name, { max: 60 })}?`}
            items={itemsOf(launch)}
            yes={launch.url === null ? START : REACH}
            width={width}
            height={height}
            close={close}
            onYes={start}
          />
        ),
      });
    } catch (error) {
      shell.say(visible(asUntrusted(error instanceof Error ? error.message : String(error)), { max: 200 }), 'bad');
    }
  };
}

const START = { label: ours('start it'), summary: ours('Start it and read what it offers') };
const REACH = { label: ours('reach it'), summary: ours('Ask it what it offers') };

function itemsOf({ argv, url, cwd, names, missing, isProject }: LaunchDescription & { isProject: boolean }): DetailItem[] {
  const items: DetailItem[] = [];
  if (isProject) {
    const text = ours('A file of the project names it, which whoever wrote the project can change.');
    items.push({ kind: 'line', runs: [{ text, tone: 'warning' }] }, { kind: 'gap' });
  }
  if (url === null) {
    items.push({
      kind: 'quote',
      label: ours('Runs, one argument a line'),
      text: joined(
        argv.map((word) => visible(asUntrusted(word))),
        '\n',
      ),
    });
    items.push({
      kind: 'field',
      label: ours('In'),
      value: cwd === null ? ours('a temporary folder') : visible(asUntrusted(cwd)),
    });
  } else items.push({ kind: 'quote', label: ours('Sends requests to'), text: visible(asUntrusted(url)) });
  const given =
    names.length === 0
      ? ours('nothing of yours')
      : joined(
          names.map((name) => visible(asUntrusted(name))),
          ', ',
        );
  items.push({ kind: 'field', label: url === null ? ours('Environment') : ours('Headers'), value: given });
  if (missing.length > 0) {
    const value = joined(
      missing.map((name) => visible(asUntrusted(name))),
      ', ',
    );
    items.push({ kind: 'field', label: ours('Not set here'), value, tone: 'warning' });
  }
  if (url === null) {
    const text = ours(
      'It gets a temporary home and nothing else of your environment, and is ended afterwards with all that it started.',
    );
    items.push({ kind: 'gap' }, { kind: 'line', runs: [{ text, tone: 'muted' }] });
  }
  return items;
}
