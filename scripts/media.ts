// Draws the pictures in media/ from the real program: a fresh machine, the demo, and each screen as a person would meet it.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshMachine, processesOf, program, run, waitUntil } from '../test/pty/terminal.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const folder = resolve(process.env['AIM_MEDIA'] ?? 'media');
mkdirSync(folder, { recursive: true });
const picture = (name: string) => join(folder, `${name}.svg`);

const machine = freshMachine({ AIM_DEMO_PACE: '0.6' });
await draw(`wait live\nsnapshot ${picture('first-start')}`);

const demo = spawn(process.execPath, [program, 'demo'], { env: machine.env, cwd: machine.home, stdio: 'ignore' });
await draw(`
  wait --for 60s 3 verified
  wait --for 60s Approvals (3)
  snapshot ${picture('overview')}
  go agents
  wait demo-scribe
  snapshot ${picture('agents')}
  use list.filter
  type trust>0
  snapshot ${picture('filter')}
  press esc enter
  wait May do without asking
  snapshot ${picture('agent')}
  go events
  wait --for 60s /allowed\\s+demo-/
  snapshot ${picture('events')}
  go approvals
  wait git:push
  snapshot ${picture('approvals')}
  press enter
  wait signed by demo-
  pause 1s
  snapshot ${picture('approval')}
  press esc
  go mcp
  wait looked
  snapshot ${picture('mcp')}
  go logs
  wait ACTION_EXECUTED
  snapshot ${picture('logs')}
  go alerts
  pause 500ms
  snapshot ${picture('alerts')}
  go requests
  pause 500ms
  snapshot ${picture('requests')}
  go grants
  pause 500ms
  snapshot ${picture('grants')}
  go audit
  wait /\\d{4}-\\d\\d-\\d\\d/
  snapshot ${picture('audit')}
  go policies
  pause 500ms
  snapshot ${picture('policies')}
  go users
  wait @
  snapshot ${picture('users')}
  go keys
  pause 500ms
  snapshot ${picture('keys')}
  go webhooks
  pause 500ms
  snapshot ${picture('webhooks')}
  go settings
  wait theme
  snapshot ${picture('settings')}
  go calls
  wait /api/v1/
  snapshot ${picture('calls')}
  use shell.help
  wait keys:
  snapshot ${picture('help')}
  press esc :
  type sus
  wait agents suspend
  snapshot ${picture('palette')}
  press esc
  size 60x20
  go overview
  snapshot ${picture('narrow')}
`);
// The shape of the terminal, the colours and the signs, as other machines have them.
await draw(`go agents\nwait demo-scribe\nsnapshot ${picture('agents-16-colours')}`, { AIM_THEME: '16' });
await draw(`go agents\nwait demo-scribe\nsnapshot ${picture('agents-ascii')}`, { AIM_ASCII: '1' });
await draw(`go agents\nwait demo-scribe\nsnapshot ${picture('agents-light')}`, { AIM_THEME: 'light' });
await draw(`go agents\nwait demo-scribe\nsnapshot ${picture('agents-contrast')}`, { AIM_THEME: 'contrast' });

demo.kill('SIGINT');
await waitUntil(() => processesOf(machine).length === 0, 30_000);
machine.remove();

/** Takes the steps in the real dashboard, as anybody can: `aim ui --script`. */
async function draw(script: string, env: Record<string, string> = {}): Promise<void> {
  const file = join(machine.root, 'script.aim');
  writeFileSync(file, script);
  const { code, stderr } = await run(['ui', '--script', file, '--wait', '30s'], {
    env: { ...machine.env, ...env },
    timeout: 600_000,
  });
  if (code !== 0) throw new Error(stderr);
  for (const [, name] of script.matchAll(/snapshot (\S+)/g)) process.stdout.write(`${name}\n`);
}
