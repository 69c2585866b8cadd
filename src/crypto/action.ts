// What an agent signs when it asks to act, in AIM's original form, and the hash that a decision is bound to (wire-agents §4.2).

import { hash } from 'node:crypto';
import { type ExactJson, toExact } from './exact-json.ts';
import { pythonJson } from './python-json.ts';

export type SignedAction = {
  agentId: string;
  /** Signed under the name `action_type`. */
  capability: string;
  resource: string | null;
  /** What the caller adds, in exact form: see `toExact` and `parseExact`. */
  context: ExactJson;
  /** Text as the agent wrote it; rebuilt, never reformatted. */
  timestamp: string;
};

/** The members of an action as JSON, each by itself. */
export type ActionPieces = { [member in keyof SignedAction]: string };

export const actionPieces = ({ agentId, capability, resource, context, timestamp }: SignedAction): ActionPieces => ({
  agentId: pythonJson(agentId),
  capability: pythonJson(capability),
  resource: pythonJson(resource),
  context: pythonJson(context),
  timestamp: pythonJson(timestamp),
});

/** The one line of text whose UTF-8 bytes the agent signs. */
export const actionMessage = (action: SignedAction): string => messageOf(actionPieces(action));

/** The same from its pieces: the names in the order in which Python sorts them. */
export const messageOf = ({ capability, agentId, context, resource, timestamp }: ActionPieces): string =>
  `{"action_type": ${capability}, "agent_id": ${agentId}, "context": ${context}, "resource": ${resource}, "timestamp": ${timestamp}}`;

/** Lower-case hex of SHA-256 over exactly the bytes that were signed. Decisions, receipts and conflicts speak of this. */
export function actionHash(signedBytes: string | Uint8Array): string {
  return hash('sha256', signedBytes, 'hex');
}

/** The present moment as the SDKs write it: UTC, microseconds, `Z`. */
export function actionTimestamp(now: Date = new Date()): string {
  return now.toISOString().replace('Z', '000Z');
}

/** An action from plain data. @throws RangeError where `context` holds what JSON cannot say. */
export function toSignedAction(action: Omit<SignedAction, 'context'> & { context: unknown }): SignedAction {
  return { ...action, context: toExact(action.context ?? {}) };
}
