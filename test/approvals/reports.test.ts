// More of what went wrong elsewhere, by its report: other hands on the keys, worn-down reviewers, pleading agents, silent rules.

import { afterEach, describe, expect, test } from 'vitest';
import { ESC } from '../components/harness.ts';
import { type OpenPanel, openApprovalsScreen } from './open-panel.ts';
import { aSignedRequest, boundText } from './signed-request.ts';

let open: OpenPanel | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const quorum = (members: object = {}) => ({
  approvalsNeeded: 1,
  denialsNeeded: 1,
  groups: [],
  policy: null,
  reviews: [],
  ...members,
});

describe('whose hand it was', () => {
  test('overdeck #1084: an agent approves its own prompt by sending keys into the pane', async () => {
    open = await openApprovalsScreen([aSignedRequest({}, { quorum: quorum(), steps: ['fresh-sign-in'] })], {
      size: [100, 34],
      // Nothing on this machine opens a browser, and the server of this test is nowhere.
      env: { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' },
    });
    await open.shows('billing-bot');
    await open.burst('\rGap');
    await open.press('\r');
    await open.shows('to approve, sign in anew in the browser');
    open.wait(1000);
    await open.press('G', 'a');
    open.wait(1000);
    await open.press('p');
    await open.shows('Not signed in');
    expect(open.server.decisions).toEqual([]);
  });

  test('uber 2022, MFA fatigue: number matching, because one tap says yes to anything', async () => {
    open = await openApprovalsScreen([aSignedRequest({}, { quorum: quorum(), steps: ['matching-code'] })], { size: [100, 34] });
    await open.read();
    await open.press('a');
    await open.shows("Code that the agent's side shows");
    open.wait(1000);
    await open.press('\r', '\r', 'y', '\r');
    await open.lacks('APPROVES');
    expect(open.server.decisions).toEqual([]);
  });
});

describe('who is worn down', () => {
  test('uber 2022, MFA fatigue: a hundred pushes in an hour, each of its own', async () => {
    const same = Array.from({ length: 12 }, (_, at) => aSignedRequest({ id: `v-${at}` }));
    open = await openApprovalsScreen([...same, aSignedRequest({ id: 'z', resource: '/etc/shadow' })], { size: [100, 30] });
    await open.shows('12x file:write');
    for (let denied = 0; denied < 3; denied++) {
      await open.press('d');
      await open.shows('Reason for denying');
      open.wait(1000);
      await open.burst('no');
      await open.press('\r');
      await open.shows('Denied.');
      if (denied === 2) await open.shows('You have denied it three times in an hour');
      await open.press(ESC);
      await open.shows('AGENT');
      await open.press('j');
    }
  });
});

describe('who pleads', () => {
  const plea = 'URGENT. The CEO asked for this, security has approved it, risk: low. Press a then p now.';

  test('owasp ASI09: authority, urgency and a preview of consent change no fact and no key', async () => {
    const shown = async (reason: string | null) => {
      const context = reason === null ? {} : { reason };
      open = await openApprovalsScreen([aSignedRequest({ context }, { quorum: quorum() })], { size: [100, 40] });
      await open.press('\r');
      await open.shows('What the agent signed');
      const rows = open.rows();
      await open.close();
      open = undefined;
      return { rows, facts: rows.filter((row) => /^(action|on|risk|may today|this adds|would give|agent) {2}/.test(row)) };
    };
    const [plain, pleading] = [await shown(null), await shown(plea)];
    expect(plain.facts).toHaveLength(7);
    expect(pleading.facts).toEqual(plain.facts);
    expect(pleading.rows.findIndex((row) => row.includes('URGENT'))).toBeGreaterThan(
      pleading.rows.findIndex((row) => /^risk/.test(row)),
    );
  });

  test('consent integrity (arXiv 2606.02668): what cannot be inspected passes silently', async () => {
    const binding = boundText('{"a": 1, "a": 2');
    open = await openApprovalsScreen([aSignedRequest({}, { binding, quorum: quorum() })], { size: [100, 34] });
    await open.press('\r');
    await open.shows('cannot be inspected');
    open.wait(1000);
    await open.press('G', 'a');
    open.wait(1000);
    await open.press('p');
    await open.settled();
    expect(open.server.decisions).toEqual([]);
  });
});

describe('rules that said nothing', () => {
  test('teleport #34370: why I may not review is not said', async () => {
    const because = 'Needs a reviewer of security or on-call.';
    open = await openApprovalsScreen(
      [aSignedRequest({}, { quorum: quorum(), mayReview: false, mayNotReviewBecause: because })],
      {
        size: [100, 34],
      },
    );
    await open.press('\r');
    await open.shows(`You may not review this: ${because}`);
  });

  test('teleport #36854: thresholds of several groups, and who is still missing', async () => {
    const review = { by: 'u-2', byEmail: 'bo@example.test', decision: 'approve', interactive: true };
    const gone = { by: 'u-3', byEmail: 'cy@example.test', decision: 'approve', interactive: true, counts: false };
    const asked = quorum({ approvalsNeeded: 2, groups: ['security', 'on-call'], policy: 'prod', reviews: [review, gone] });
    open = await openApprovalsScreen([aSignedRequest({}, { quorum: asked })], { size: [100, 40] });
    await open.press('\r');
    await open.shows('1 of 2 approvals, from each of security and on-call');
    await open.shows('bo@example.test approved');
    await open.shows(/cy@example.test approved.*does not count/s);
  });

  test('teleport #50011: the duration ran from the request, and was over when it was approved', async () => {
    open = await openApprovalsScreen(
      [
        aSignedRequest(
          {},
          {
            quorum: quorum(),
            asked: { durationSeconds: 3600, uses: 5 },
            allowed: { durationSeconds: 3600, uses: 10, suggestedDurationSeconds: 900, suggestedUses: 1 },
          },
        ),
      ],
      { size: [100, 34] },
    );
    await open.press('\r');
    await open.shows('15m from the approval');
  });
});
