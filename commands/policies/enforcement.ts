// `aim enforcement`: whether what is not allowed is stopped, or only noted.

import { z } from 'zod';
import { type Action, type Argument, defineAction } from '../action.ts';
import { seconds } from '../approvals/seconds.ts';
import { callForRow, column, rowRecord } from '../rows.ts';

const path = '/api/v1/admin/enforcement-settings';
const subject = 'enforcement';
const view = rowRecord([
  column('enforcementMode', 'Mode'),
  column('description', 'What it means'),
  column('until', 'Ends', { format: 'time' }),
]);

const mode: Argument<'strict' | 'monitoring'> = {
  summary: 'strict stops what is not allowed; monitoring only notes it',
  parse: (text) => z.enum(['strict', 'monitoring'], 'the mode is strict or monitoring').parse(text),
  complete: async () => [{ value: 'strict' }, { value: 'monitoring' }],
};

const show = defineAction({
  id: 'enforcement.show',
  summary: 'Show whether what is not allowed is stopped',
  args: {},
  options: {},
  needs: 'admin',
  run: (context) => callForRow(context, { path, subject }),
  view,
});

const set = defineAction({
  id: 'enforcement.set',
  summary: 'Choose whether what is not allowed is stopped, or only noted',
  examples: [{ command: 'enforcement set strict --yes', summary: 'Stop it' }],
  args: { mode: { ...mode, summary: 'Either strict or monitoring' } },
  options: {
    for: {
      summary: 'How long monitoring lasts, as 4h; a day unless said otherwise. Then it is strict again',
      value: 'TIME',
      schema: seconds.optional(),
    },
  },
  needs: 'admin',
  risk: 'dangerous',
  run: (context, args, { for: forSeconds }) =>
    callForRow(context, { method: 'PUT', path, body: { enforcementMode: args.mode, forSeconds }, subject }),
  view,
});

export const enforcementActions: readonly Action[] = [show, set];
