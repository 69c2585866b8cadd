// `aim demo`: three agents at real work, so that there is something to watch, allow and deny.

import { ours } from '../../src/text/brand.ts';
import { type Action, defineAction } from '../action.ts';
import type { DemoLine } from './run.ts';

const demo = defineAction({
  id: 'demo',
  summary: 'Start three agents at real work, so that there is something to watch, approve and deny',
  description:
    'The agents are processes of their own, written with this package’s SDK. One edits files and runs git, one queries a SQLite file and calls a ' +
    'loopback HTTP service, one drives a stdio MCP server. Everything happens in a workspace of the demo’s own; they stop when you leave.',
  examples: [{ command: 'demo', summary: 'Run until Ctrl-C; approve in another terminal' }],
  args: {},
  options: {},
  needs: 'admin',
  risk: 'change',
  actsHere: true,
  keys: { overview: 'd' },
  async *stream(context): AsyncIterable<DemoLine> {
    const { runDemo } = await import('./run.ts');
    yield* runDemo(context);
  },
  line: {
    kind: 'text',
    lines: ({ agent, outcome, text }) => [[ours(`${agent ?? 'demo'}  ${outcome.padEnd(8)}`), text]],
  },
});

export const demoActions: readonly Action[] = [demo];
