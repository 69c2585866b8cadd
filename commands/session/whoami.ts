// `aim whoami`: the account behind the sign-in, as the server knows it.

import { asUntrusted, ours } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';

export const whoami = defineAction({
  id: 'whoami',
  summary: 'Say who is signed in',
  examples: [{ command: 'whoami --json=email,role', summary: 'For a program' }],
  args: {},
  options: {},
  run: async ({ api, signal }) => ({ ...(await api.me({ signal })), server: api.server }),
  view: {
    kind: 'record',
    fields: [
      { key: 'email', title: 'Email', value: (account) => account.email },
      { key: 'name', title: 'Name', value: (account) => account.name },
      { key: 'role', title: 'Role', value: (account) => ours(account.role) },
      { key: 'organizationName', title: 'Organization', value: (account) => account.organizationName },
      { key: 'id', title: 'Id', value: (account) => asUntrusted(account.id), format: 'id' },
      { key: 'server', title: 'Server', value: (account) => asUntrusted(account.server) },
    ],
  },
});
