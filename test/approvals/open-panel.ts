// The real dashboard with the approvals panel open, on an emulator, with a clock that only the test moves.

import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { anAgent } from '../components/fake-api.ts';
import { type Harness, type OpenOptions, openDashboard } from '../components/harness.ts';
import { type ApprovalsServer, approvalsServer } from './approvals-server.ts';
import { NOW } from './signed-request.ts';

export type OpenPanel = Harness & {
  server: ApprovalsServer;
  wait(milliseconds: number): void;
  /** Opens the request under the cursor, reads it to its end, and waits until keys count. */
  read(): Promise<void>;
  /** Page by page to the end. */
  readOn(): Promise<void>;
};

export async function openApprovalsScreen(
  requests: ApprovalRequest[],
  { mark = '▸', ...options }: Omit<OpenOptions, 'server' | 'now'> & { mark?: string } = {},
): Promise<OpenPanel> {
  let at = NOW;
  const server = approvalsServer(requests);
  server.agents = [anAgent({ capabilities: ['file:read'] })];
  const harness = await openDashboard({ on: 'approvals', size: [80, 24], ...options, server, now: () => at });
  // At the head of a row: in ASCII the same sign stands elsewhere too, before there is a row to open.
  if (requests.length > 0) await harness.shows(new RegExp(`^${mark}\\s+\\S`, 'm'));
  const wait = (milliseconds: number) => {
    at += milliseconds;
  };
  const readOn = async () => {
    for (let pages = 0; pages === 0 || (pages < 40 && /not read to the end yet|more below/.test(harness.text())); pages++)
      await harness.press(' ');
    await harness.lacks(/not read to the end yet|more below/);
  };
  return Object.assign(harness, {
    server,
    wait,
    readOn,
    async read() {
      await harness.press('\r');
      await harness.shows('rows 1 to');
      wait(1000);
      await readOn();
    },
  });
}
