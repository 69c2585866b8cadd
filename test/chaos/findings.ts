// What must hold when everything has come to rest, read from the database and from what the agents wrote down themselves.

import { readFileSync } from 'node:fs';
import { openDatabase } from '../../src/control-plane/database/open.ts';
import { verifyReceipt } from '../../src/crypto/receipt.ts';

export type Finding = { title: string; count: number; broken: string[] };

export async function findingsOf({
  database,
  ran,
  readers,
}: {
  database: string;
  /** Where agents wrote a line for each action that really ran. */
  ran: string;
  /** Positions in the order in which each reader of the stream got them. */
  readers: readonly (readonly string[])[];
}): Promise<Finding[]> {
  const { queries, close } = await openDatabase({ location: database });
  const verifications = await queries.selectFrom('verifications').selectAll().execute();
  const reviews = await queries.selectFrom('reviews').selectAll().execute();
  const events = await queries.selectFrom('streamEvents').select(['position', 'type']).orderBy('position').execute();
  const keys = await queries.selectFrom('users').selectAll().execute();
  await close();

  const lines = readFileSync(ran, 'utf8').split('\n').filter(Boolean);
  const executed = lines.map((line) => JSON.parse(line) as { name: string; resource: string; at: number });
  const byResource = new Map<string, typeof verifications>();
  for (const row of verifications) byResource.set(row.resource ?? '', [...(byResource.get(row.resource ?? '') ?? []), row]);

  const withoutApproval = executed.filter(
    ({ resource }) => !(byResource.get(resource) ?? []).some(({ status }) => status === 'approved'),
  );
  const twice = executed.filter(({ resource }, index) => executed.findIndex((other) => other.resource === resource) !== index);

  const publicKeys = keys.flatMap(({ reviewKey }) => (reviewKey ? [reviewKey] : []));
  const approvedByPeople = verifications.filter(
    ({ status, capability }) => status === 'approved' && capability === 'payment:refund',
  );
  const withoutReceipt = approvedByPeople.filter(({ id, actionHash }) => {
    const given = reviews.filter(({ verificationId, decision }) => verificationId === id && decision.startsWith('approve'));
    return !given.some(({ receipt }) => {
      if (receipt === null) return false;
      const sent: unknown = typeof receipt === 'string' ? JSON.parse(receipt) : receipt;
      return verifyReceipt(sent, { publicKeys, verificationId: id, actionHash, decision: 'approve' }).valid;
    });
  });

  const kept = events.map(({ position }) => position);
  return [
    {
      title: 'every action that ran has an approval',
      count: executed.length,
      broken: withoutApproval.map(({ name, resource }) => `${name} ran ${resource}`),
    },
    {
      title: 'no action ran twice',
      count: executed.length,
      broken: twice.map(({ name, resource }) => `${name} ran ${resource}`),
    },
    {
      title: 'every approval by a person has a receipt that fits',
      count: approvedByPeople.length,
      broken: withoutReceipt.map(({ id }) => id),
    },
    ...readers.map((positions, index) => readerFinding(index + 1, positions, kept)),
  ];
}

/** Between its first and the last position that is kept, a reader has every one, once, in order. */
function readerFinding(number: number, positions: readonly string[], kept: readonly number[]): Finding {
  const got = positions.map((position) => Number(position.slice(position.lastIndexOf('-') + 1)));
  const first = got[0] ?? 0;
  const seen = new Set(got);
  const missed = kept.filter((position) => position >= first && !seen.has(position)).map((position) => `missed ${position}`);
  const disorder = got.flatMap((position, index) =>
    index > 0 && position <= (got[index - 1] ?? 0) ? [`${position} after ${got[index - 1]}`] : [],
  );
  return {
    title: `stream reader ${number} has every event once, in order`,
    count: got.length,
    broken: [...missed, ...disorder],
  };
}
