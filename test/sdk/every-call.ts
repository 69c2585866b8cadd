// Every call of the SDK that asks a server, once: for tests of what a server may do to it.

import { A2AClient, type AIMClient, login, sealCredential, secure } from '../../src/index.ts';

export const ID = '11111111-1111-4111-8111-111111111111';

type Asked = { agent: AIMClient; aimUrl: string; credentialsFolder: string; action(): unknown };

/** `action` is what must not run without a yes. */
export function everyCall({
  agent,
  aimUrl,
  credentialsFolder,
  action,
}: Asked): [title: string, call: () => PromiseLike<unknown>][] {
  const a2a = new A2AClient(agent);
  return [
    [
      'secure',
      () =>
        secure('aborted', {
          aimUrl: aimUrl,
          apiKey: 'aim_x',
          credentialsFolder,
          autoDetect: false,
          timeout: 0.3,
          maxRetries: 0,
        }),
    ],
    ['login', () => login({ server: aimUrl, email: 'a@b.test', password: 'x', credentialsFolder, timeout: 0.3 })],
    ['verifyCapability', () => agent.verifyCapability('db:read')],
    ['performAction', () => agent.performAction('db:read', { autoRegister: false }, action)],
    ['requireApproval', () => agent.requireApproval('db:read', {}, action)],
    ['action', () => agent.action('db:read', { autoRegister: false })(action)()],
    [
      'a generator',
      () =>
        agent
          .action('db:read', { autoRegister: false })(async function* () {
            yield action();
          })()
          .next(),
    ],
    ['createNewAgent', () => agent.createNewAgent({ name: 'x' })],
    ['listAgents', () => agent.listAgents()],
    ['listAgents, iterated', () => agent.listAgents()[Symbol.asyncIterator]().next()],
    ['getAgentDetails', () => agent.getAgentDetails(ID)],
    ['updateAgent', () => agent.updateAgent({ displayName: 'x' })],
    ['deleteAgent', () => agent.deleteAgent('22222222-2222-4222-8222-222222222222')],
    ['getTrustScore', () => agent.getTrustScore(undefined)],
    ['heartbeat', () => agent.heartbeat()],
    ['registerCapability', () => agent.registerCapability('a:b')],
    ['requestCapability', () => agent.requestCapability('a:b', 'needed for a test')],
    ['listCapabilities', () => agent.listCapabilities()],
    ['rotateKeys', () => agent.rotateKeys()],
    ['listApiKeys', () => agent.listApiKeys()],
    ['createApiKey', () => agent.createApiKey('x')],
    ['deleteApiKey', () => agent.deleteApiKey('x')],
    ['registerMcpServer', () => agent.registerMcpServer({ serverName: 'x', serverUrl: 'http://x.test', capabilities: [] })],
    ['listMcpServers', () => agent.listMcpServers()],
    ['attestMcpServer', () => agent.attestMcpServer('s1', { mcpName: 'x', mcpUrl: 'http://x.test', capabilitiesFound: ['a'] })],
    ['useMcpTool', () => agent.useMcpTool('s2', 'a', { mcpName: 'x', mcpUrl: 'http://x.test', capabilitiesFound: ['a'] })],
    ['attestIsolation', () => agent.attestIsolation({ sandbox: 'none', network: 'none', filesystem: 'none', process: 'none' })],
    ['secrets.resolve', () => agent.secrets.resolve('x', 'read')],
    ['secrets.use', () => agent.secrets.use('x', action)],
    ['secrets.createNamespace', () => agent.secrets.createNamespace(ID, 'x', { operations: [] })],
    ['secrets.storeCredential', () => agent.secrets.storeCredential('n', sealCredential('x', agent.publicKey))],
    ['secrets.getAuditLog', () => agent.secrets.getAuditLog(ID)],
    ['a2a.getAgentCard', () => a2a.getAgentCard(ID)],
    ['a2a.getSkills', () => a2a.getSkills(ID)],
    ['a2a.registerSkill', () => a2a.registerSkill({ name: 'x', description: 'x' })],
    [
      'a2a.verifyRequest',
      () => a2a.verifyRequest({ method: 'GET', path: '/' }, { agentId: ID, timestamp: 1, nonce: 'n', signature: 's' }),
    ],
    ['a2a.checkConsent', () => a2a.checkConsent({ userId: 'u', recipientAgentId: ID })],
  ];
}
