// One declaration per verb. The subcommand, palette entry, key, help, completion and reference page all follow from it.

import type { z } from 'zod';
import type { EditDocument, NewDocument } from '../src/edit/document.ts';
import type { Api } from '../src/http/api.ts';
import type { LogEntry } from '../src/security-log/entry.ts';
import type { Settings } from '../src/settings/settings.ts';
import type { Feature, Role } from '../src/wire/session.ts';
import type { Cell, View } from './output/view.ts';

/** The screens of the dashboard, by the names that actions, keys and saved views use. */
export type ScreenId =
  | 'overview'
  | 'agents'
  | 'agent'
  | 'events'
  | 'event'
  | 'approvals'
  | 'approval'
  | 'mcp'
  | 'mcp-server'
  | 'logs'
  | 'requests'
  | 'alerts'
  | 'audit'
  | 'policies'
  | 'rules'
  | 'users'
  | 'keys'
  | 'grants'
  | 'webhooks'
  | 'settings'
  | 'tags'
  | 'threats'
  | 'anomalies'
  | 'violations'
  | 'calls';

/** What a dashboard row stands for; an argument that names its subject is filled from the selection. */
export type Subject =
  | 'agent'
  | 'approval'
  | 'event'
  | 'mcp-server'
  | 'request'
  | 'alert'
  | 'grant'
  | 'log-entry'
  | 'policy'
  | 'rule'
  | 'tag'
  | 'user'
  | 'key'
  | 'webhook'
  | 'setting'
  | 'audit-entry';

export type Candidate = { value: string; summary?: string };

/** A positional argument: what the shell or the palette gives is text, and `parse` makes it a value, asking the server if it must. */
export type Argument<Value> = {
  summary: string;
  optional?: boolean;
  /** Takes all that remains, also after `--`. */
  variadic?: boolean;
  subject?: Subject;
  /** It is an id, and these verbs list what it may be: then its end or its beginning will do. The first lists what may be changed. */
  listedBy?: readonly string[];
  parse(text: string, context: ActionContext): Value | Promise<Value>;
  complete?(partial: string, context: ActionContext): Promise<readonly Candidate[]>;
};

/** A named option. A schema of `z.boolean()` makes a switch; anything else takes a value, whose place in the help is `value`. */
export type Option<Schema extends z.ZodType = z.ZodType> = {
  summary: string;
  schema: Schema;
  value?: string;
  short?: string;
  repeatable?: boolean;
  /** The command line reads `-` from standard input and `@FILE` from that file. */
  readable?: boolean;
  /** The variable that stands in on the command line where the option is not given. */
  env?: string;
  /** Where it is missing on a terminal the verb asks for it; where nobody can answer it must be given. */
  isAsked?: true;
  complete?(partial: string, context: ActionContext): Promise<readonly Candidate[]>;
};

/** What runs an action: the command line, the dashboard or a test. No action reads `process` itself. */
export type ActionContext = {
  /** Signed in as the caller. Reading it without a sign-in throws `AuthenticationError`, exit 4. */
  readonly api: Api;
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** The streams and switches of the command line; the dashboard gives ones that end in its own panes. */
  readonly io: Io;
  /** What the dashboard's screen of logs holds at the moment, from whatever source, for what is asked there. */
  readonly loadedLines?: { current: (() => Iterable<LogEntry>) | null };
};

export type Io = {
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** False with --no-input, AIM_NO_INPUT, or without a terminal: then nothing may ask. */
  readonly mayAsk: boolean;
  /** `--yes` was given: an action that asks in its own words takes it as the answer. */
  readonly agreed?: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  /** A line for a person, on standard error; nothing with --quiet. */
  note(text: string): void;
};

export type Arguments = Record<string, Argument<unknown>>;
export type Options = Record<string, Option>;
/** A variadic argument is a list, each word parsed by itself. */
export type ArgumentValues<A extends Arguments> = {
  [Name in keyof A]: A[Name] extends Argument<infer V>
    ? A[Name] extends { variadic: true }
      ? V[]
      : A[Name] extends { optional: true }
        ? V | undefined
        : V
    : never;
};
export type OptionValues<O extends Options> = { [Name in keyof O]: z.output<O[Name]['schema']> };

type Shared<A extends Arguments, O extends Options> = {
  /** `agents.suspend` is `aim agents suspend` and the palette's `agents suspend`. */
  id: string;
  /** Imperative, one sentence, no full stop: it stands in lists. */
  summary: string;
  /** What the summary leaves out, for `--help` and the reference page. */
  description?: string;
  /** Without the leading `aim`, most useful first. */
  examples?: readonly { command: string; summary: string }[];
  args: A;
  options: O;
  /** The lowest role that may; `none` works without a sign-in. Default viewer. */
  needs?: Role | 'none';
  feature?: Feature;
  /** `read` changes nothing; `change` asks nothing; `dangerous` asks first (`--yes`); `named` wants the name typed (`--confirm NAME`). Default read. */
  risk?: 'read' | 'change' | 'dangerous' | 'named';
  /** What is shown before the command line asks, and what stands in for the answer. Without it: the summary and the first argument. */
  confirmation?: {
    lines(args: ArgumentValues<A>, options: OptionValues<O>): readonly (readonly Cell[])[];
    /** The rows right above the question, none wider than the terminal: what must be on the screen with it. */
    nearest?(args: ArgumentValues<A>, width: number | null): readonly string[];
    /** The word to type; never a single letter. */
    word: string;
    /** An option of the verb that says the same as `--yes` (`--if-match`). */
    given?(options: OptionValues<O>): boolean;
  };
  /** What its subject is afterwards, where the call does not say it itself: for `--dry-run`. */
  becomes?: Readonly<Record<string, unknown>>;
  /** For `--dry-run` of a verb that writes here and asks no server: what would be another, one line each. @throws as `run` would. */
  plan?(context: ActionContext, args: ArgumentValues<A>, options: OptionValues<O>): Promise<readonly string[]>;
  /** What it edits, where no option says what is to change: as a text in an editor, and in the dashboard also as a form. */
  document?(context: ActionContext, args: ArgumentValues<A>): Promise<EditDocument | NewDocument>;
  /** The key on each screen, as `S`, `ctrl-s`, `enter`. */
  keys?: Partial<Record<ScreenId, string>>;
  /** Not in the palette: it owns the terminal or a whole process (`serve`, `completion`). */
  commandLineOnly?: boolean;
  /** It works, and says what is wrong, where the settings files cannot be read: what explains and mends them has to. */
  mendsSettings?: boolean;
  /** It does more than its calls to the server, so that a dry run of it would be none: a sign-in, a program, another's call. */
  actsHere?: boolean;
  /** It deals with Ctrl-C itself: what it runs may have its own idea of it (`exec`). */
  ownsSignals?: boolean;
};

/** A verb with one result. `run` gives a value, which `--json` prints as it is and `view` makes readable. */
export type ValueAction<A extends Arguments, O extends Options, Result> = Shared<A, O> & {
  run(context: ActionContext, args: ArgumentValues<A>, options: OptionValues<O>): Promise<Result>;
  view: View<NoInfer<Result>>;
  /** The exit code of a run that did not throw, where it is not 0 (a recorded approval that still waits is 8). */
  exitCode?(result: NoInfer<Result>): number;
};

/** A verb that goes on: each item is a line, NDJSON with `--json`, flushed as it comes. */
export type StreamAction<A extends Arguments, O extends Options, Item> = Shared<A, O> & {
  stream(context: ActionContext, args: ArgumentValues<A>, options: OptionValues<O>): AsyncIterable<Item>;
  line: View<NoInfer<Item>>;
  /** Options of other streams that have no meaning here: why not, and what to do instead. */
  without?: Readonly<Record<string, { because: string; instead: string }>>;
};

export type Action = ValueAction<Arguments, Options, unknown> | StreamAction<Arguments, Options, unknown>;

export function defineAction<const A extends Arguments, const O extends Options, Result>(
  action: ValueAction<A, O, Result>,
): Action;
export function defineAction<const A extends Arguments, const O extends Options, Item>(
  action: StreamAction<A, O, Item>,
): Action;
export function defineAction(action: unknown): Action {
  return action as Action;
}
