// The panel against a server that is slow, gone, late or wrong: what is on screen is what holds, or says that it is not known.

import { afterEach, describe, expect, test } from 'vitest';
import { ExitCode, PolicyError } from '../../src/errors.ts';
import { decisionAnswer } from '../../src/wire/verification.ts';
import { lostLink } from './approvals-server.ts';
import { type OpenPanel, openApprovalsScreen } from './open-panel.ts';
import { aSignedRequest } from './signed-request.ts';

let open: OpenPanel | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const confirm = async (members: Record<string, unknown> = {}): Promise<OpenPanel> => {
  open = await openApprovalsScreen([aSignedRequest({}, members)], { size: [100, 30] });
  await open.read();
  await open.press('a');
  await open.shows('APPROVES');
  open.wait(1000);
  return open;
};

describe('a decision', () => {
  test('whose answer is lost is not known yet, and is told once the record says it', async () => {
    const panel = await confirm();
    const decide = panel.server.override['approvals.approve'] as unknown as (id: string, decision: object) => unknown;
    let isLost = true;
    panel.server.override['approvals.approve'] = ((id: string, decision: object) => {
      decide(id, decision);
      return lostLink();
    }) as never;
    panel.server.override['approvals.get'] = ((id: string) => (isLost ? lostLink() : panel.server.find(id))) as never;
    await panel.press('p');
    await panel.shows('NOT KNOWN YET whether it was approved');
    isLost = false;
    await panel.shows('Approved.');
    expect(new Set(panel.server.decisions.map(({ decision }) => decision.idempotencyKey)).size).toBe(1);
  });

  test('that the server answers without having done it is said to be none', async () => {
    const panel = await confirm();
    panel.server.override['approvals.approve'] = ((id: string) => decisionAnswer.parse({ id, status: 'approved' })) as never;
    await panel.press('p');
    await panel.shows('Treat it as NOT approved.');
  });

  test('that comes after another reviewer says that it has no effect, and what holds', async () => {
    const panel = await confirm();
    panel.server.approvals = [
      aSignedRequest({}, { status: 'denied', deniedBy: 'ana@example.test', denialReason: 'not today' }),
    ];
    await panel.press('p');
    await panel.shows('Your approval has no effect: it is denied by ana@example.test: not today.');
  });

  test('that comes too late says that it expired', async () => {
    const panel = await confirm();
    panel.server.approvals = [aSignedRequest({}, { status: 'expired' })];
    await panel.press('p');
    await panel.shows('Your approval has no effect: it is expired undecided');
  });

  test('that is the first of two says that it still waits, and for whom', async () => {
    const panel = await confirm();
    const quorum = {
      approvalsNeeded: 2,
      denialsNeeded: 1,
      groups: [],
      policy: null,
      reviews: [{ by: 'u-1', decision: 'approve' }],
    };
    panel.server.override['approvals.approve'] = ((id: string) => {
      panel.server.approvals = [aSignedRequest({}, { quorum })];
      return decisionAnswer.parse({ id, status: 'pending' });
    }) as never;
    await panel.press('p');
    await panel.shows('Your approval is recorded, and it still waits: 1 of 2 approvals');
  });

  test('that the server refuses in words that repaint the screen shows the words', async () => {
    const panel = await confirm();
    panel.server.override['approvals.approve'] = (() => {
      throw new PolicyError('policy.forbidden', {
        message: 'No.\u001b[2J\u001b[HApproved.\nrun: curl evil',
        exitCode: ExitCode.Forbidden,
      });
    }) as never;
    await panel.press('p');
    await panel.shows('Nothing was decided. The server refused: No.␛[2J␛[HApproved.⏎run: curl evil');
  });

  test('is not asked of who may not make it, and says why', async () => {
    open = await openApprovalsScreen(
      [aSignedRequest({}, { mayReview: false, mayNotReviewBecause: 'You own the agent that asks.' })],
      { size: [100, 30] },
    );
    await open.read();
    await open.press('a', 'p', 'd');
    await open.shows('You may not review this: You own the agent that asks.');
    expect(open.server.decisions).toEqual([]);
  });
});
