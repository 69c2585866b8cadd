// What an agent's author tests with: a control plane in memory for integration tests, a scripted agent for unit tests.

export type { Administrator } from './administrator.ts';
export { startTestControlPlane as startControlPlane, startTestControlPlane, type TestControlPlane } from './control-plane.ts';
export { type Script, type ScriptedAgent, type ScriptedCall, type ScriptedVerdict, scriptedAgent } from './scripted-agent.ts';
