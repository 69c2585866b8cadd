// The lines that connect an agent, exactly as they are copied: both SDKs find server and sign-in in ~/.aim.

export type Snippets = { typescript: string; python: string };

export function snippets(): Snippets {
  return {
    typescript: [
      "import { secure } from 'aim-terminal';",
      "const agent = await secure('my-agent', { capabilities: ['db:read'] });",
      "await agent.performAction('db:read', { resource: 'users' }, () => query());",
    ].join('\n'),
    python: [
      'from aim_sdk import secure',
      'agent = secure("my-agent")',
      '@agent.perform_action("db:read", resource="users")',
      'def users(): ...',
    ].join('\n'),
  };
}
