// A receipt as a reviewer's client signs it, for tests that speak to the server themselves.

import type { SigningKey } from '../../src/crypto/ed25519.ts';
import { type Receipt, signReceipt } from '../../src/crypto/receipt.ts';
import type { Person, TestAgent } from '../control-plane/support/world.ts';

export type Decided = { id: string; actionHash: string; agent: TestAgent; by: Person; at: number };

export const reviewerReceipt = ({ id, actionHash, agent, by, at }: Decided, key: SigningKey): Receipt =>
  signReceipt(
    {
      type: 'aim.receipt/1',
      verificationId: id,
      actionHash,
      decision: 'approve',
      agentId: agent.id,
      reason: null,
      narrow: null,
      policy: null,
      displayed: '0'.repeat(64),
      openedAt: new Date(at).toISOString(),
      decidedAt: new Date(at).toISOString(),
      reviewer: { id: by.id, email: by.email },
      server: 'http://127.0.0.1',
      client: 'test',
      interactive: true,
    },
    key,
  );
