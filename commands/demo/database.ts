// The bookkeeper: reads orders, asks a service for rates, and asks a person before it refunds.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Desk, runDemoAgent } from './agent.ts';

await runDemoAgent(
  'demo-bookkeeper',
  {
    description: 'Watches orders and prepares refunds.',
    agentType: 'custom',
    capabilities: ['db:read', 'api:call'],
  },
  (desk) => [watchOrders(desk), refund(desk)],
);

async function watchOrders({ workspace, serviceUrl, act, rest }: Desk): Promise<void> {
  const orders = new DatabaseSync(join(workspace, 'orders.sqlite'));
  for (let round = 1; ; round += 1) {
    await act({
      capability: 'db:read',
      resource: 'orders',
      context: { statement: 'SELECT state, count(*) FROM orders GROUP BY state' },
      says: 'Counts orders by state',
      does: () => orders.prepare('SELECT state, count(*) FROM orders GROUP BY state').all(),
    });
    await act({
      capability: 'api:call',
      resource: `${serviceUrl}/rates`,
      says: 'Asks for the rates',
      does: async () => (await fetch(`${serviceUrl}/rates`)).json(),
    });
    if (round % 4 === 1)
      await act({
        capability: 'db:drop',
        resource: 'orders',
        says: 'Tries to drop the orders',
        does: () => orders.exec('DROP TABLE orders'),
      });
    await rest(5);
  }
}

async function refund({ workspace, serviceUrl, act, rest }: Desk): Promise<void> {
  const orders = new DatabaseSync(join(workspace, 'orders.sqlite'));
  await rest(3);
  for (;;) {
    const order = orders
      .prepare(
        "SELECT id, customer, cents FROM orders WHERE state = 'returned' AND id NOT IN (SELECT order_id FROM refunds) ORDER BY id",
      )
      .get() as { id: string; customer: string; cents: number } | undefined;
    if (order) {
      await act({
        capability: 'payment:refund',
        resource: order.id,
        context: { customer: order.customer, cents: order.cents, currency: 'EUR' },
        jitAccess: true,
        riskLevel: 'critical',
        says: `Refunds ${order.id}`,
        does: async () => {
          await fetch(`${serviceUrl}/refunds/${order.id}`, { method: 'POST' });
          orders
            .prepare('INSERT INTO refunds VALUES (?, ?, ?, ?)')
            .run(order.id, order.cents, 'a person', new Date().toISOString());
        },
      });
    }
    await rest(60);
  }
}
