// A reviewer who works by command: lists what waits, and approves or denies what is taken from the list, until told to end.

import { type Machine, run } from '../pty/terminal.ts';

export type Reviewer = {
  decided: number;
  refused: number;
  /** What was said last where something did not go through. */
  complaint: string;
  end(): Promise<void>;
};

export async function startReviewer(
  machine: Machine,
  { url, email, password }: { url: string; email: string; password: string },
): Promise<Reviewer> {
  const aim = (args: string[], input = '') => run(args, { env: machine.env, input, timeout: 40_000 });
  const login = await aim(['login', '--server', url, '--email', email, '--password-stdin'], password);
  if (login.code !== 0) throw new Error(`${email} could not sign in: ${login.stderr}`);
  let isEnding = false;
  const reviewer: Reviewer = {
    decided: 0,
    refused: 0,
    complaint: '',
    async end() {
      isEnding = true;
      await working;
    },
  };

  async function work(): Promise<void> {
    while (!isEnding) {
      const listed = await aim(['approvals', 'ls', '--json', '--limit', '100']);
      if (listed.code !== 0) {
        reviewer.complaint = listed.stderr;
        continue;
      }
      const { items } = JSON.parse(listed.stdout) as { items: { id: string }[] };
      // Reviewers meet on purpose: each takes any of what waits, not the ones that others leave.
      for (const { id } of items.sort(() => Math.random() - 0.5).slice(0, 6)) {
        if (isEnding) return;
        const verb =
          Math.random() < 0.75
            ? ['approve', id, '--yes', '--uses', '1', '--reason', 'seen']
            : ['deny', id, '--reason', 'not now'];
        const { code, stderr } = await aim(['approvals', ...verb]);
        if (code === 0) reviewer.decided += 1;
        else {
          reviewer.refused += 1;
          reviewer.complaint = stderr;
        }
      }
    }
  }

  const working = work();
  return reviewer;
}
