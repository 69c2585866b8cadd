// `aim exec`: a command that runs only if its agent may, waits for a person where one must decide, and reports how it went.

import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import type { AIMClient } from '../../src/sdk/aim-client.ts';
import type { ApprovalProgress } from '../../src/sdk/await-approval.ts';
import { secondsOf } from '../../src/settings/duration.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { shellWord } from '../confirm.ts';
import { Interrupted, signalCodes } from '../interruption.ts';
import { runProgram } from './run-program.ts';

const words: Argument<string> & { variadic: true } = {
  summary: 'The command and its arguments, behind --',
  variadic: true,
  parse: (text) => text,
};

const exec = defineAction({
  id: 'exec',
  summary: 'Run a command only if an agent may, and wait for a person where one decides',
  description:
    'Asks as the agent --as, whose key is made and kept at its first use. The command line is part of what is signed and shown to the reviewer. Exits with the code of the command; 5 where it was denied and 11 where nobody decided in time, without running it.',
  examples: [
    {
      command: 'exec --capability deploy:run --resource production -- ./deploy.sh',
      summary: 'A deployment that needs the capability',
    },
    {
      command: 'exec --capability db:migrate --jit --wait 15m -- npm run migrate',
      summary: 'Ask a person where the rules would refuse',
    },
  ],
  args: { command: words },
  options: {
    capability: { summary: 'What it needs, as deploy:run', value: 'NAME', schema: z.string().min(1) },
    resource: { summary: 'What it is done to', value: 'TEXT', schema: z.string().min(1).optional() },
    as: { summary: 'The agent that asks (default: shell)', value: 'AGENT', schema: z.string().min(1).default('shell') },
    jit: { summary: 'Ask a person where the rules would refuse', schema: z.boolean().default(false) },
    requireApproval: { summary: 'Ask a person in any case', schema: z.boolean().default(false) },
    wait: { summary: 'Wait so long for a person (default 5m)', value: 'TIME', schema: z.string().default('5m') },
    reason: {
      summary: 'Why, for the reviewer; - reads standard input, @FILE a file',
      value: 'TEXT',
      schema: z.string().max(100_000).optional(),
      readable: true,
      env: 'AIM_REASON',
    },
  },
  commandLineOnly: true,
  actsHere: true,
  ownsSignals: true,
  run: async ({ api, io, signal, settings }, { command }, { capability, resource, as, jit, requireApproval, wait, reason }) => {
    const timeoutSeconds = secondsOf(wait);
    if (timeoutSeconds === null || timeoutSeconds <= 0)
      throw new UsageError('option.invalid', {
        message: `The option --wait does not take ${JSON.stringify(wait)}.`,
        next: 'Give it as 30s, 5m or 1h.',
        field: 'wait',
      });
    if (!command[0])
      throw new UsageError('argument.missing', {
        message: `aim exec needs a command behind --${command.length === 0 ? '' : ', and the first word there is empty'}.`,
        next: 'aim exec --capability NAME -- COMMAND',
      });
    refuseProjectsChoice(settings);
    await using agent = await agentNamed(as, { api, io, signal, settings });
    const interruption = interruptible(signal);
    let waiting: ApprovalProgress | null = null;
    const say = onceEach((progress) => {
      // Standard error is for one object there; the code is said all the same, since nobody can decide without it.
      if (!io.json || progress.matchingCode !== null) io.note(waitingWords(progress));
    });
    const asked = {
      resource,
      context: { command: command.map(shellWord).join(' '), ...(reason === undefined ? {} : { reason }) },
      jitAccess: jit,
      requiresApproval: requireApproval,
      timeoutSeconds,
      signal: interruption.signal,
      onWaiting: (progress: ApprovalProgress) => {
        waiting = progress;
        say(progress);
      },
    };
    try {
      await agent.performAction(capability, asked, async () => {
        // From here on Ctrl-C is the command's own; at no moment is it nobody's.
        const ended = runProgram(command, io);
        interruption.stop();
        const exitCode = await ended;
        // A command that failed is reported as one.
        if (exitCode !== 0) throw new CommandFailed(exitCode);
      });
      return { exitCode: 0 };
    } catch (error) {
      if (error instanceof CommandFailed) return { exitCode: error.exitCode };
      if (!interruption.signal.aborted) throw error;
      throw stillWaiting(interruption.signal.reason, waiting);
    } finally {
      interruption.stop();
    }
  },
  view: { kind: 'none' },
  exitCode: ({ exitCode }) => exitCode,
});

// The server decides whether the command runs: a checkout that named it, or the profile it is in, would be judged by a judge of its own choice.
function refuseProjectsChoice(settings: Settings): void {
  if (['flag', 'environment'].includes(settings.explain('server').layer)) return;
  const chosen = (['server', 'profile'] as const).find((key) => settings.explain(key).layer === 'project');
  if (chosen === undefined) return;
  const { value, source } = settings.explain(chosen);
  throw new UsageError('exec.project-server', {
    message: `Only ${source} names the ${chosen} ${value}, and that file came with the project: it does not choose who decides here.`,
    next: `If it is the right one, say so: aim exec --${chosen} ${value} … (or AIM_${chosen.toUpperCase()})`,
    field: chosen,
  });
}

/** Made at its first use by whoever is signed in; it goes the same way through the network as every other verb. */
async function agentNamed(name: string, { api, io, signal, settings }: ActionContext): Promise<AIMClient> {
  const [{ secureAgent }, { tokenCredentials, tokenOf, transportTo }] = await Promise.all([
    import('../../src/sdk/registration/secure-agent.ts'),
    import('../connection.ts'),
  ]);
  const token = tokenOf(io.env);
  return secureAgent(name, {
    ...ABOUT,
    aimUrl: api.server,
    credentialsFolder: settings.paths.aim,
    credentials: token ? tokenCredentials(token) : undefined,
    transport: transportTo(api.server, settings, io.env),
    timeout: settings.get('timeoutSeconds'),
    maxRetries: settings.get('retries'),
    signal,
  });
}

const ABOUT = {
  autoDetect: false,
  agentType: 'custom',
  description: 'Commands that are run with aim exec',
  capabilities: [],
} as const;

class CommandFailed extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`The command ended with ${exitCode}.`);
    this.exitCode = exitCode;
  }
}

function waitingWords({ decideWith, matchingCode }: ApprovalProgress): string {
  return `aim: waiting for a person: ${decideWith}${matchingCode === null ? '' : `  (matching code ${matchingCode})`}`;
}

/** The same words are said once, however often progress comes. */
function onceEach(say: (progress: ApprovalProgress) => void): (progress: ApprovalProgress) => void {
  let said = '';
  return (progress) => {
    const words = waitingWords(progress);
    if (words !== said) say(progress);
    said = words;
  };
}

// Nobody waits for it any more, and it is still there: a person may yet decide it, and nothing runs then.
function stillWaiting(reason: unknown, waiting: ApprovalProgress | null): unknown {
  if (waiting === null || !(reason instanceof Interrupted)) return reason;
  return new Interrupted(
    reason.exitCode,
    `Nothing ran. The request still waits, and nothing runs by it: ${waiting.decideWith}`,
  );
}

function interruptible(outer: AbortSignal): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const handlers = Object.entries(signalCodes).map(([name, exitCode]) => {
    const abort = () => controller.abort(new Interrupted(exitCode));
    process.on(name, abort);
    return () => process.off(name, abort);
  });
  return { signal: AbortSignal.any([outer, controller.signal]), stop: () => handlers.forEach((remove) => void remove()) };
}

export const execActions: readonly Action[] = [exec];
