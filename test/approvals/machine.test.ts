// Each way through the panel, step by step: what leads to a decision, and what to none.

import { describe, expect, test } from 'vitest';
import { type Driver, driver, readAndReady, shownOf } from './machine-driver.ts';
import { aSignedRequest, boundText, NOW } from './signed-request.ts';

const approve = (drive: Driver) => drive.press('approve').wait(1000).press('confirm');

describe('an approval', () => {
  test('takes two steps, and carries the hash of what was signed, a key of its own, and that a person was there', () => {
    const request = aSignedRequest();
    const drive = approve(readAndReady(request));
    expect(drive.decisions).toMatchObject([
      { verb: 'approve', idempotencyKey: 'key-1', decision: { actionHash: request.binding?.actionHash, interactive: true } },
    ]);
  });

  test.each<[title: string, play: (drive: Driver) => Driver]>([
    ['with the first key alone', (drive) => drive.press('approve').wait(5000)],
    ['with the confirm key alone', (drive) => drive.press('confirm').wait(1000).press('confirm')],
    ['when the confirm key follows too soon', (drive) => drive.press('approve').wait(699).press('confirm')],
    [
      'when the confirm key comes again after it came too soon',
      (drive) => drive.press('approve').wait(100).press('confirm').wait(1000).press('confirm'),
    ],
    [
      'when the first key came together with others',
      (drive) => drive.press('approve', { lone: false }).wait(1000).press('confirm'),
    ],
    [
      'when the confirm key came together with others',
      (drive) => drive.press('approve').wait(1000).press('confirm', { lone: false }),
    ],
    ['when the first key is a repeated one', (drive) => drive.press('approve', { repeat: true }).wait(1000).press('confirm')],
    ['when the confirm key is a repeated one', (drive) => drive.press('approve').wait(1000).press('confirm', { repeat: true })],
    [
      'when any other key came between the steps',
      (drive) => drive.press('approve').wait(1000).press('other').wait(1000).press('confirm'),
    ],
    ['after escape', (drive) => drive.press('approve').wait(1000).press('back').wait(1000).press('confirm')],
    ['with enter', (drive) => drive.press('approve').wait(1000).enter('')],
    ['while a reason for denying is typed', (drive) => drive.press('deny').wait(1000).press('confirm')],
    ['after the panel was closed', (drive) => drive.press('approve').wait(1000).send({ kind: 'closed' }).press('confirm')],
  ])('is not sent %s', (_, play) => {
    expect(play(readAndReady(aSignedRequest())).decisions).toEqual([]);
  });

  test('does not begin before everything was on screen', () => {
    const drive = driver().open(aSignedRequest()).see(12, 20).wait(1000).press('approve');
    expect(drive.notice).toBe('Read on first: 8 more rows, from row 13.');
    expect(approve(drive.see(20).wait(1000)).decisions).toHaveLength(1);
  });

  test('does not begin within 700 ms of the panel', () => {
    const drive = driver().open(aSignedRequest()).see(20).wait(699).press('approve');
    expect(drive.notice).toContain('It has just changed.');
    expect(approve(drive.wait(1)).decisions).toHaveLength(1);
  });

  test('starts over when the terminal is resized between the steps', () => {
    const drive = readAndReady(aSignedRequest()).press('approve').wait(1000);
    drive.send({ kind: 'laid-out', width: 60, height: 12, total: 30, top: 0, bottom: 8, at: drive.at });
    expect(drive.press('confirm').decisions).toEqual([]);
  });

  test('keeps the key of the agent on its first use', () => {
    const drive = approve(readAndReady(aSignedRequest()));
    expect(drive.effects.map(({ kind }) => kind)).toEqual(['pin', 'decide']);
  });

  test('is sent once, however often the key is pressed', () => {
    const drive = approve(readAndReady(aSignedRequest()));
    expect(approve(drive.wait(1000).see(20).wait(1000)).decisions).toHaveLength(1);
    drive.press('approve');
    expect(drive.notice).toContain('not known yet');
  });
});

describe('a denial', () => {
  test('takes one step less than an approval, and a reason', () => {
    const drive = readAndReady(aSignedRequest()).press('deny').wait(1000).enter('not on a Friday');
    expect(drive.decisions).toMatchObject([{ verb: 'deny', decision: { reason: 'not on a Friday' } }]);
  });

  test('needs no reading to the end', () => {
    const drive = driver().open(aSignedRequest(), 'deny').see(3, 90).wait(1000).enter('no');
    expect(drive.decisions).toMatchObject([{ verb: 'deny' }]);
  });

  test.each<[title: string, play: (drive: Driver) => Driver, words: string]>([
    ['without a reason', (drive) => drive.press('deny').wait(1000).enter('   '), 'A denial needs a reason'],
    [
      'by an enter that was pasted with the reason',
      (drive) => drive.press('deny').wait(1000).enter('no', { lone: false }),
      'together with other keys',
    ],
    [
      'by an enter that was on its way when the prompt opened',
      (drive) => drive.press('deny').enter('no'),
      'It has just changed.',
    ],
  ])('is not sent %s', (_, play, words) => {
    const drive = play(readAndReady(aSignedRequest()));
    expect(drive.decisions).toEqual([]);
    expect(drive.notice).toContain(words);
  });
});

describe('a request that changes while its panel is open', () => {
  const changed = () => aSignedRequest({ resource: '/etc/shadow' });

  test('is shown as a change, must be read again, and takes the first step back', () => {
    const drive = readAndReady(aSignedRequest()).press('approve').wait(1000);
    drive
      .send({ kind: 'shown', shown: shownOf(changed()), at: drive.at })
      .press('confirm')
      .wait(5000)
      .press('confirm');
    expect(drive.decisions).toEqual([]);
    expect(drive.model.panel?.changes).toContainEqual({ label: 'on', before: '/etc/hosts', after: '/etc/shadow' });
    expect(drive.press('approve').notice).toContain('It is not on screen yet.');
  });

  test('is bound to what is shown then, not to what was shown first', () => {
    const drive = readAndReady(aSignedRequest());
    drive
      .send({ kind: 'shown', shown: shownOf(changed()), at: drive.at })
      .see(20)
      .wait(1000);
    expect(approve(drive).decisions).toMatchObject([{ decision: { actionHash: changed().binding?.actionHash } }]);
  });

  test('does not disarm when only time has passed', () => {
    const drive = readAndReady(aSignedRequest()).press('approve').wait(1000);
    drive.send({ kind: 'shown', shown: shownOf(aSignedRequest()), at: drive.at });
    expect(drive.press('confirm').decisions).toHaveLength(1);
  });

  test('takes no decision once it no longer waits', () => {
    const drive = readAndReady(aSignedRequest()).press('approve').wait(1000);
    drive
      .send({ kind: 'shown', shown: shownOf(aSignedRequest({}, { status: 'denied' })), at: drive.at })
      .see(20)
      .wait(1000);
    approve(drive);
    expect(drive.decisions).toEqual([]);
    expect(drive.press('deny').notice).toBe('It no longer waits: it is denied.');
  });

  test('keeps the reason that is being typed, but not the enter that was on its way', () => {
    const drive = readAndReady(aSignedRequest()).press('deny').wait(1000);
    drive.send({ kind: 'shown', shown: shownOf(changed()), at: drive.at }).enter('no');
    expect(drive.decisions).toEqual([]);
    expect(drive.wait(700).enter('no').decisions).toHaveLength(1);
  });

  test('is another request: the panel stays with its own', () => {
    const drive = readAndReady(aSignedRequest());
    drive.send({ kind: 'shown', shown: shownOf(aSignedRequest({ id: 'v-2', resource: '/etc/shadow' })), at: drive.at });
    drive.send({ kind: 'changed', request: aSignedRequest({ id: 'v-2' }) });
    expect(drive.model.panel?.shown.request.id).toBe('v-1');
    expect(approve(drive).decisions).toMatchObject([{ id: 'v-1' }]);
  });
});

describe('what is not proven', () => {
  const unsigned = () => aSignedRequest({}, { binding: null });

  test('is not approved with the ordinary key', () => {
    const drive = readAndReady(unsigned()).press('approve');
    expect(drive.notice).toBe('It is not signed. U approves what is not proven, with more steps.');
  });

  test('is approved with the longer way: the name of the agent, a reason, and the confirm key', () => {
    const drive = readAndReady(unsigned()).press('approve-unproven');
    drive.enter('billing').enter('billing-bot').enter('asked on the phone').wait(1000).press('confirm');
    expect(drive.decisions).toMatchObject([{ verb: 'approve', decision: { reason: 'asked on the phone' } }]);
    expect(drive.decisions[0]?.decision).not.toHaveProperty('actionHash');
  });

  test.each<[title: string, members: Record<string, unknown>]>([
    ['a signature that does not fit', { binding: { ...boundText('{}'), signature: aSignedRequest().binding?.signature } }],
    ['bytes of another agent', { agentId: 'a-2' }],
  ])('is never approved with %s', (_, members) => {
    const drive = readAndReady(aSignedRequest({}, members));
    drive.press('approve').wait(1000).press('confirm').press('approve-unproven').wait(1000).press('confirm');
    expect(drive.decisions).toEqual([]);
    expect(drive.press('deny').wait(1000).enter('forged').decisions).toHaveLength(1);
  });

  test('does not take the longer way for what is proven', () => {
    expect(readAndReady(aSignedRequest()).press('approve-unproven').notice).toContain('a approves it');
  });
});

describe('a key that changed', () => {
  const known = {
    server: 's',
    agentId: 'a-1',
    name: 'billing-bot',
    fingerprint: 'SHA256:another',
    firstSeenAt: '2026-01-01T00:00:00Z',
  };
  const open = () => {
    const drive = driver().send({ kind: 'opened', shown: shownOf(aSignedRequest(), known), to: 'read', at: NOW });
    return drive.see(20).wait(1000);
  };

  test('stops the ordinary approval', () => {
    expect(open().press('approve').notice).toContain("The agent's key has changed.");
  });

  test('is accepted by typing its end, which approves nothing', () => {
    const drive = open().press('accept-key').wait(1000).enter('wrong-one');
    expect(drive.effects).toEqual([]);
    drive.enter(drive.model.panel?.shown.verdict.fingerprint?.slice(-8) ?? '');
    expect(drive.effects.map(({ kind }) => kind)).toEqual(['replace-pin']);
  });
});

describe('extra steps of policy', () => {
  test('are asked before the confirm key, in order, and enter never approves', () => {
    const drive = readAndReady(aSignedRequest({}, { steps: ['matching-code', 'type-resource'] })).press('approve');
    expect(drive.model.panel?.step).toMatchObject({ kind: 'asking', question: 'matching-code' });
    drive.enter('4x').enter('42');
    expect(drive.model.panel?.step).toMatchObject({ kind: 'asking', question: 'type-resource' });
    drive.enter('/etc/host').enter('/etc/hosts').enter('').wait(1000);
    expect(drive.decisions).toEqual([]);
    expect(drive.press('confirm').decisions).toMatchObject([{ decision: { matchingCode: '42' } }]);
  });

  test('that this version does not know make it impossible to approve here', () => {
    expect(readAndReady(aSignedRequest({}, { steps: ['blood-oath'] })).press('approve').notice).toContain('does not know');
  });
});

describe('a decision whose answer is lost', () => {
  test('is not known yet, and goes out again under the same key until it is', () => {
    const drive = approve(readAndReady(aSignedRequest()));
    drive.send({ kind: 'unknown', id: aSignedRequest().id, idempotencyKey: 'key-1' });
    expect(drive.flight).toMatchObject({ state: 'unknown', attempt: 2, idempotencyKey: 'key-1' });
    expect(drive.decisions.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-1']);
  });

  test('is told from the record, and an answer to something else is not taken for it', () => {
    const request = aSignedRequest();
    const drive = approve(readAndReady(request));
    const told = {
      words: 'Approved.' as never,
      tone: 'good' as const,
      held: { ...request, status: 'approved' as const },
      at: drive.at,
      verb: 'approve' as const,
    };
    drive.send({ kind: 'answered', id: request.id, idempotencyKey: 'key-7', told });
    expect(drive.model.told.size).toBe(0);
    drive.send({ kind: 'answered', id: request.id, idempotencyKey: 'key-1', told });
    expect(drive.model.told.get(request.id)).toBe(told);
    expect(drive.model.inFlight.size).toBe(0);
  });

  test('is remembered after its panel was closed', () => {
    const drive = approve(readAndReady(aSignedRequest())).send({ kind: 'closed' });
    expect(drive.model.inFlight.size).toBe(1);
  });
});

describe('a reviewer in a hurry', () => {
  test('is slowed down after five approvals in less than three seconds each, and told why', () => {
    const drive = driver();
    for (let number = 1; number <= 5; number++) {
      const request = aSignedRequest({ id: `v-${number}` });
      approve(drive.open(request).see(20).wait(1000));
    }
    drive
      .open(aSignedRequest({ id: 'v-6' }))
      .see(20)
      .wait(1000)
      .press('approve');
    expect(drive.notice).toContain('You approve in less than three seconds');
    expect(drive.wait(2000).press('approve').model.panel?.step.kind).toBe('confirming');
  });
});

describe('the queue', () => {
  const ids = (drive: Driver) => drive.model.queue.rows.map(({ id }) => id);
  const at = (minute: number) => ({ requestedAt: new Date(NOW + minute * 60_000).toISOString() });

  test('is first in, first out', () => {
    const listed = [aSignedRequest({ id: 'late' }, at(2)), aSignedRequest({ id: 'early' }, at(1))];
    expect(ids(driver().send({ kind: 'listed', requests: listed }))).toEqual(['early', 'late']);
  });

  test('puts who comes later below, whatever time it claims', () => {
    const drive = driver().send({ kind: 'listed', requests: [aSignedRequest({ id: 'first' }, at(5))] });
    drive.send({ kind: 'changed', request: aSignedRequest({ id: 'claims-to-be-older' }, at(0)) });
    expect(ids(drive)).toEqual(['first', 'claims-to-be-older']);
    expect(drive.model.queue.rows[1]?.isNew).toBe(true);
  });

  test('keeps the row of what was decided elsewhere until the reviewer tidies', () => {
    const drive = driver().send({ kind: 'listed', requests: [aSignedRequest({ id: 'a' }), aSignedRequest({ id: 'b' })] });
    drive.send({ kind: 'changed', request: aSignedRequest({ id: 'a' }, { status: 'approved' }) });
    expect(ids(drive)).toEqual(['a', 'b']);
    expect(ids(drive.send({ kind: 'tidied' }))).toEqual(['b']);
  });

  test('looks again at what is no longer listed', () => {
    const drive = driver()
      .send({ kind: 'listed', requests: [aSignedRequest({ id: 'a' })] })
      .send({ kind: 'listed', requests: [] });
    expect(drive.effects).toEqual([{ kind: 'reread', id: 'a' }]);
  });
});
