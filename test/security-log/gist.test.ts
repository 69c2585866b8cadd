// The two lines that an allowed action writes do not read the same: one says that it was granted, one that it ran.

import { expect, test } from 'vitest';
import { gistOf } from '../../src/security-log/gist.ts';
import { readLogLine } from '../../src/security-log/read-line.ts';

test.each([
  ['CAPABILITY_GRANTED', {}, ['file:write', 'GRANTED']],
  ['ACTION_EXECUTED', {}, ['file:write', 'RAN']],
  ['ACTION_EXECUTED', { error: 'Error: full' }, ['file:write', 'RAN, FAILED', 'Error: full']],
  ['CAPABILITY_DENIED', { result: 'DENIED' }, ['file:write', 'DENIED']],
])('%s %j', (type, members, expected) => {
  const line = { category: 'AUTHZ', event_type: type, message: 'm', action: 'file:write', result: 'GRANTED', ...members };
  expect(gistOf(readLogLine(JSON.stringify(line), { file: 'f', line: 1, offset: 0 }))).toEqual(expected);
});
