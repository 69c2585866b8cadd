// The scribe: edits files, commits them, and asks before it pushes.

import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Desk, runDemoAgent } from './agent.ts';
import { git } from './plant.ts';

await runDemoAgent(
  'demo-scribe',
  {
    description: 'Keeps a day book in a git repository.',
    agentType: 'custom',
    capabilities: ['file:read', 'file:write', 'git:commit'],
  },
  (desk) => [keepDayBook(desk), push(desk)],
);

async function keepDayBook({ workspace, act, rest }: Desk): Promise<void> {
  const repository = join(workspace, 'repository');
  for (let entry = 1; ; entry += 1) {
    const line = `- ${new Date().toISOString()} entry ${entry}\n`;
    await act({
      capability: 'file:write',
      resource: 'repository/day-book.md',
      context: { bytes: line.length },
      says: `Writes entry ${entry}`,
      does: () => appendFileSync(join(repository, 'day-book.md'), line),
    });
    await act({
      capability: 'git:commit',
      resource: 'main',
      context: { entry },
      says: `Commits entry ${entry}`,
      does: () => {
        git(repository, 'add', '.');
        git(repository, 'commit', '--quiet', '-m', `Entry ${entry}`);
      },
    });
    // Nobody granted this, and it asks nobody: the control plane says no.
    if (entry % 3 === 1)
      await act({
        capability: 'file:delete',
        resource: 'repository/day-book.md',
        says: 'Tries to delete the day book',
        does: () => rmSync(join(repository, 'day-book.md')),
      });
    await rest(4);
  }
}

async function push({ workspace, act, rest }: Desk): Promise<void> {
  const repository = join(workspace, 'repository');
  await rest(1);
  for (;;) {
    const commit = git(repository, 'rev-parse', '--short', 'HEAD').trim();
    await act({
      capability: 'git:push',
      resource: 'origin/main',
      context: { remote: 'origin.git', commit },
      jitAccess: true,
      riskLevel: 'high',
      says: `Pushes ${commit} to origin`,
      // The commit that was asked for, not the branch, which has moved on while a person thought.
      does: () => git(repository, 'push', '--quiet', 'origin', `${commit}:refs/heads/main`),
    });
    await rest(60);
  }
}
