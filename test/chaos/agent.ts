// An agent of the TypeScript SDK for the chaos run: asks again and again for what a person must approve, and writes down what really ran.

import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const [name = '', url = '', ran = '', pauseMs = '700', sdk = ''] = process.argv.slice(2);
const apiKey = process.env['CHAOS_API_KEY'] ?? '';
const { secure } = (await import(sdk)) as typeof import('../../src/index.ts');

// The balancer may be cutting connections just now: being made is retried, acting is the SDK's own matter.
const agent = await persistently(() => secure(name, { apiKey, aimUrl: url, capabilities: ['order:read'], autoDetect: false }));
process.stdout.write('ready\n');

let isEnding = false;
process.on('SIGTERM', () => {
  isEnding = true;
});
while (!isEnding) {
  const resource = `order-${randomUUID()}`;
  const needsPerson = Math.random() < 0.5;
  try {
    await agent.performAction(
      needsPerson ? 'payment:refund' : 'order:read',
      { resource, jitAccess: needsPerson, timeoutSeconds: 30 },
      () => appendFileSync(ran, `${JSON.stringify({ name, resource, at: Date.now() })}\n`),
    );
  } catch {
    // Denied, unreachable, too late: whatever it was, nothing ran.
  }
  await pause(Number(pauseMs) * (0.5 + Math.random()));
}
process.exit(0);

async function persistently<Value>(work: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
      await pause(500);
    }
  }
}
