// The approvals store of a running dashboard: made once, listening from the start, so that the tab counts what waits.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { knownAgents } from '../../src/credentials/known-agents.ts';
import { writePrivateFile } from '../../src/credentials/private-file.ts';
import { openReviewerKey } from '../../src/credentials/reviewer-key.ts';
import type { SigningKey } from '../../src/crypto/ed25519.ts';
import { type Approvals, createApprovals } from '../../src/state/approvals/create-approvals.ts';
import { keptMutes } from '../../src/state/approvals/kept-mutes.ts';
import type { Model } from '../../src/state/approvals/model.ts';
import { createResource, everyPage, type ResourceStore } from '../../src/state/resource.ts';
import type { Grant } from '../../src/wire/verification.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { useFrame } from '../use-frame.ts';

/** One process has one dashboard; the tab bar asks for its count without one at hand. */
let running: Approvals | null = null;

export const runningApprovals = (): Approvals | null => running;

/** Starts listening. @returns how to stop. */
export function openApprovals(dashboard: Dashboard): () => void {
  const approvals = approvalsOf(dashboard);
  running = approvals;
  const grants = grantsOf(dashboard);
  const stopItems = dashboard.state.onItem((item) => {
    approvals.take(item);
    if (item.kind === 'event' && item.event.type === 'grant') grants.put(item.event.subject);
  });
  const stopRefresh = dashboard.state.onRefresh(() => void approvals.refresh());
  // Whoever stopped the program was elsewhere meanwhile.
  const continued = () => approvals.dispatch({ kind: 'lost-time', at: dashboard.now() });
  process.on('SIGCONT', continued);
  return () => {
    process.off('SIGCONT', continued);
    stopItems();
    stopRefresh();
    approvals.stop();
    if (running === approvals) running = null;
  };
}

export function useApprovals(): { approvals: Approvals; model: Model } {
  const dashboard = useDashboard();
  const approvals = approvalsOf(dashboard);
  return { approvals, model: useFrame(approvals.get) };
}

/** The grants that the server lists, live or not. */
export function useGrants(): ResourceStore<Grant> {
  return grantsOf(useDashboard());
}

function grantsOf(dashboard: Dashboard): ResourceStore<Grant> {
  return dashboard.shell.memory('grants', () =>
    createResource<Grant>({
      fetch: () => everyPage((cursor) => dashboard.api.approvals.grants({ limit: 100, cursor }), 500),
      idOf: (grant) => grant.id,
      changed: () => dashboard.clock.changed(),
      now: () => dashboard.now(),
    }),
  );
}

function approvalsOf(dashboard: Dashboard): Approvals {
  return dashboard.shell.memory('approvals', () => makeApprovals(dashboard));
}

const LONGEST_NOTE = 120;

/** What approvals need of a dashboard, with or without a screen. */
export type ApprovalsSurroundings = Pick<Dashboard, 'api' | 'account' | 'state' | 'clock' | 'context' | 'now'> &
  Partial<Pick<Dashboard, 'reach'>>;

export function makeApprovals(dashboard: ApprovalsSurroundings): Approvals {
  const { state, clock, context } = dashboard;
  const { paths } = context.settings;
  const opening = new Map<string, Promise<SigningKey>>();
  // Opened anew for each decision, as one that was revoked is another one after the next sign-in; for several at once it is one.
  const reviewerKey = () => {
    const { server } = dashboard.api;
    const opened =
      opening.get(server) ??
      openReviewerKey({
        folder: paths.aim,
        server,
        userId: dashboard.account.id,
        store: context.settings.get('store'),
        env: context.io.env,
      }).finally(() => opening.delete(server));
    opening.set(server, opened);
    return opened;
  };
  return createApprovals({
    api: () => dashboard.api,
    known: knownAgents(join(paths.aim, 'known_agents')),
    me: () => dashboard.account,
    reviewerKey,
    keepReceipt: (id, verb, receipt) =>
      writePrivateFile(join(paths.state, 'receipts', `${encodeURIComponent(id)}-${verb}.json`), `${JSON.stringify(receipt)}\n`),
    signIn: async ({ note, signal }) => {
      const { freshSignIn, isRemote } = await import('../../src/auth/fresh-sign-in.ts');
      const said: string[] = [];
      const tell = (line: string) => {
        // An address with its challenge is longer than a row; the browser has it, and the command line prints it.
        if (line.length > LONGEST_NOTE) return;
        said.push(line);
        note(said.join(' '));
      };
      const { api, account, reach } = dashboard;
      const remote = isRemote(context.io.env);
      return freshSignIn({ server: api.server, me: account.id, remote, note: tell, reach, signal });
    },
    agents: () => state.agents.getState().items,
    changed: () => clock.changed(),
    now: () => dashboard.now(),
    // A test that moves the clock moves no other one.
    ...(dashboard.now === Date.now ? { steady: () => performance.now() } : {}),
    mutes: keptMutes(join(paths.state, 'mutes.json')),
    newKey: randomUUID,
  });
}
