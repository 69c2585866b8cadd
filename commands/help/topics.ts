// What `aim help TOPIC` says. Tables come from where the program itself reads them.

import { ExitCode } from '../../src/errors.ts';
import { definitions, settingKeys } from '../../src/settings/definitions.ts';
import { entries, optionsHelp } from './help-text.ts';

export type Topic = { summary: string; text(width: number): string };

export const topics: Readonly<Record<string, Topic>> = {
  'exit-codes': {
    summary: 'What each exit code means',
    text: (width) =>
      paragraphs([
        'Exit codes are an interface: they keep their meaning.',
        entries(
          exitCodes.map(([code, , words]) => [String(code), words]),
          width,
        ),
      ]),
  },
  options: { summary: 'The options that every verb takes', text: optionsHelp },
  environment: { summary: 'The variables that are read', text: environmentHelp },
  output: { summary: 'Tables, JSON, NDJSON, YAML, CSV, and picking from them', text: () => OUTPUT },
  filters: { summary: 'The filter language of --filter and /', text: () => FILTERS },
  connect: { summary: 'How an agent connects, in TypeScript and in Python', text: () => CONNECT },
  stability: { summary: 'What stays as it is between versions', text: () => STABILITY },
};

export const exitCodes: readonly (readonly [code: number, name: string, words: string])[] = [
  [ExitCode.Ok, 'ok', 'It worked'],
  [ExitCode.Failure, 'failure', 'It failed in a way that has no code of its own'],
  [
    ExitCode.Usage,
    'usage',
    'The command line is wrong: an unknown verb or option, a bad value, a confirmation that is missing',
  ],
  [ExitCode.Cancelled, 'cancelled', 'A person declined'],
  [ExitCode.NotAuthenticated, 'not-authenticated', 'Nobody is signed in, or the server does not accept the sign-in'],
  [ExitCode.Forbidden, 'forbidden', 'A rule or a role says no; signing in again does not help'],
  [ExitCode.NotFound, 'not-found', 'There is no such thing'],
  [ExitCode.Conflict, 'conflict', 'It changed meanwhile, or was decided already; nothing was done'],
  [ExitCode.Pending, 'pending', 'The decision is recorded, and more are needed'],
  [ExitCode.RateLimited, 'rate-limited', 'The server asks for fewer requests; retryAfter says how long'],
  [ExitCode.Remote, 'remote', 'The server or the way to it failed; trying again may help'],
  [ExitCode.Timeout, 'timeout', 'No answer in time'],
  [ExitCode.Interrupted, 'interrupted', 'Interrupted with Ctrl-C'],
];

function environmentHelp(width: number): string {
  const ofSettings = settingKeys.flatMap((key) => {
    const { env, summary } = definitions[key];
    return env.length === 0 ? [] : [[env.join(', '), summary] as const];
  });
  return paragraphs([
    'An option on the command line counts before a variable; a variable before the files. Which one won: aim config explain SETTING',
    entries([...ofSettings, ...otherVariables], width),
  ]);
}

export const otherVariables: readonly (readonly [string, string])[] = [
  ['AIM_TOKEN', 'An access token, used instead of a stored sign-in; needs AIM_SERVER'],
  ['AIM_REASON', 'Stands in for --reason'],
  ['AIM_NO_INPUT', 'Never ask'],
  ['AIM_CONFIG_DIR', 'The folder of the settings'],
  [
    'AIM_DEBUG',
    'api prints the calls that are made, oauth those of the sign-in, both without secrets; render the figures of the dashboard’s frames',
  ],
  ['AIM_NO_UPDATE_NOTIFIER', 'Say nothing of newer versions'],
  ['AIM_ADMIN_EMAIL, AIM_ADMIN_PASSWORD', 'The first administrator that aim serve makes'],
  ['AIM_DATABASE, AIM_PUBLIC_URL', 'The database and address of aim serve'],
  ['BROWSER', 'The browser of aim login, with its words; %s stands for the address'],
  ['INK_SCREEN_READER', 'true: the dashboard in lines, as with --plain'],
  ['TERM, COLORTERM', 'What the terminal can do; with TERM=dumb nothing is drawn'],
  ['CI', 'Any value: nothing is said of newer versions'],
  ['NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE', 'Whether to colour'],
  ['AIM_CLIENT_KEY_PASSPHRASE', 'Opens the key of our certificate, where it is locked'],
  ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'The proxy, for calls and for the stream'],
  ['NODE_EXTRA_CA_CERTS, SSL_CERT_FILE', 'More certificate authorities to trust'],
  ['XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME', 'Where files are kept: aim paths'],
];

const OUTPUT = `On a terminal a list is a table that fits; in a pipe it is tab separated, one row a line.

  --json            everything, as one JSON value; lists are {items, nextCursor, total}
  --json=id,name    only these members
  -o ndjson         one object a line; streams (events tail) are always so with --json
  -o yaml, -o csv   the same values in other forms; a CSV cell never becomes a formula
  --jq EXPRESSION   what a jq expression makes of the JSON
  --template TEXT   a text with {{member}} in it, once for each item
  --columns, --sort, --no-headers, --no-trunc, --quiet (ids only)

Output goes to standard output; notes, questions and errors go to standard error.
With --json an error is one object {code, message, hint, requestId, …} with the same exit code.
Text that others wrote is made visible: no escape sequence of theirs reaches a terminal, and
JSON has those characters as \\u escapes. What each verb prints: aim schema VERB
`;

const FILTERS = `Terms are divided by spaces, and all of them must hold.

  denied                  the text anywhere, in any case
  "rm -rf"                a phrase
  /rm\\s+-rf/              a regular expression
  ~blbt                   letters in this order
  !test                   not
  status:verified         a member; risk:high,critical for one of several
  trust<0.5  uses>=3      a number
  since:10m  until:2026-11-23

The same language works in --filter, in --exit-on and behind / in the dashboard.
`;

const CONNECT = `On the machine on which aim runs, or after aim login, an agent needs no configuration.

TypeScript (npm install aim-terminal):

  import { secure } from 'aim-terminal';
  const agent = await secure('billing-bot');
  await agent.performAction('payments:refund', { resource: 'order/4711' }, async () => refund('4711'));

Python (pip install aim-sdk):

  from aim_sdk import secure
  agent = secure("billing-bot")
  @agent.perform_action("payments:refund", resource="order/4711")
  def refund(): ...

A new agent waits until a person has verified it: aim agents verify billing-bot
`;

const STABILITY = `These stay as they are within a major version: verbs, options, exit codes, the members of JSON output,
names of variables, and the settings file. What goes warns on standard error for a minor version first.
Text for people may change at any time: scripts read --json.
`;

const paragraphs = (parts: readonly (string | readonly string[])[]) =>
  `${parts.map((part) => (typeof part === 'string' ? part : part.join('\n'))).join('\n\n')}\n`;
