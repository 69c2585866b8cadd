// The catalogue of rules: stable ids, what each means, how bad it is by itself, and the remedy. Ids are never given to another rule.

import type { Severity } from './finding.ts';

export type Rule = { severity: Severity; title: string; remedy: string };

export const rules = {
  'mcp/plain-secret': {
    severity: 'high',
    title: 'A secret is written in the open',
    remedy: 'Refer to it instead (${NAME}, an input, a keychain) and replace the one that was exposed.',
  },
  'mcp/readable-secret': {
    severity: 'medium',
    title: 'Other users of this machine can read a file with a secret in it',
    remedy: 'Let only its owner read it: chmod 600.',
  },
  'mcp/committed-secret': {
    severity: 'high',
    title: 'A file with a secret in it is under version control',
    remedy: 'Take the secret out of the file and its history, and replace it.',
  },
  'mcp/unpinned-launcher': {
    severity: 'medium',
    title: 'What starts is whatever the registry gives out today',
    remedy: 'Name an exact version, a digest or a commit, and lock it: aim mcp lock.',
  },
  'mcp/piped-installer': {
    severity: 'critical',
    title: 'A script is fetched and run at every start',
    remedy: 'Install a checked version once, and start that.',
  },
  'mcp/clear-text': {
    severity: 'high',
    title: 'Requests and answers cross the network in clear text',
    remedy: 'Use https.',
  },
  'mcp/metadata-address': {
    severity: 'critical',
    title: 'The address is where a cloud hands out credentials',
    remedy: 'Remove the entry, and find out who put it there.',
  },
  'mcp/exposed-listener': {
    severity: 'medium',
    title: 'The server listens on every network interface',
    remedy: 'Bind it to 127.0.0.1, or put authentication in front of it.',
  },
  'mcp/unauthenticated-loopback': {
    severity: 'low',
    title: 'A server on this machine takes requests without authentication',
    remedy: 'Ask for a token, and check Origin and Host: a web page can reach it by DNS rebinding.',
  },
  'mcp/broad-files': {
    severity: 'high',
    title: 'The server may reach far more files than it needs',
    remedy: 'Name the one folder that it needs.',
  },
  'mcp/container-escape': {
    severity: 'critical',
    title: 'The container can take over its host',
    remedy: 'Drop --privileged, host mounts and the Docker socket.',
  },
  'mcp/unlimited-server': {
    severity: 'high',
    title: 'Its own limits are switched off, or it runs as an administrator',
    remedy: 'Leave its limits on, and run it as an ordinary user.',
  },
  'mcp/auto-approval': {
    severity: 'medium',
    title: 'Tools run without anybody being asked',
    remedy: 'Approve tools by name, and only those that read.',
  },
  'mcp/shell-command': {
    severity: 'medium',
    title: 'A shell is started, and with it whatever its text says',
    remedy: 'Start the program itself, with its arguments as a list.',
  },
  'mcp/hidden-command': {
    severity: 'critical',
    title: 'The command is encoded, so that nobody can read it',
    remedy: 'Remove the entry, and decode it to see what it did.',
  },
  'mcp/hidden-characters': {
    severity: 'high',
    title: 'The text holds characters that cannot be seen',
    remedy: 'Do not use this server until its author explains them.',
  },
  'mcp/terminal-control': {
    severity: 'high',
    title: 'The text holds control sequences for a terminal',
    remedy: 'Do not use this server until its author explains them.',
  },
  'mcp/instruction-in-text': {
    severity: 'high',
    title: 'The text gives orders to the model',
    remedy: 'Read the whole text as the model would. A description says what a tool does, never what to do.',
  },
  'mcp/secrecy-in-text': {
    severity: 'critical',
    title: 'The text tells the model to hide something from the user',
    remedy: 'Remove this server.',
  },
  'mcp/sensitive-path': {
    severity: 'high',
    title: 'The text points to files that hold credentials',
    remedy: 'Remove this server unless that is its purpose.',
  },
  'mcp/encoded-text': {
    severity: 'medium',
    title: 'The text holds an encoded block',
    remedy: 'Decode it and read it.',
  },
  'mcp/address-in-text': {
    severity: 'low',
    title: 'The text holds an address to send to or load from',
    remedy: 'See whether the server needs it; a model follows addresses that it reads.',
  },
  'mcp/very-long-text': {
    severity: 'low',
    title: 'The text is far longer than a description needs',
    remedy: 'Read it to its end.',
  },
  'mcp/reference-to-other-server': {
    severity: 'high',
    title: 'The text of one server speaks about a tool of another',
    remedy: 'Remove one of the two; a server has no business with the tools of others.',
  },
  'mcp/name-collision': {
    severity: 'medium',
    title: 'Two servers of one client offer a tool of the same name',
    remedy: 'Switch one of them off, or rename the server so that calls name it.',
  },
  'mcp/lookalike-name': {
    severity: 'high',
    title: 'A name looks like another one and is not',
    remedy: 'Compare the two, letter by letter, and remove the impostor.',
  },
  'mcp/lying-annotation': {
    severity: 'high',
    title: 'A tool says that it only reads, and its name or parameters say otherwise',
    remedy: 'Do not let it run without asking.',
  },
  'mcp/unmarked-destruction': {
    severity: 'low',
    title: 'A tool that destroys does not say so',
    remedy: 'Treat it as destructive: ask before it runs.',
  },
  'mcp/command-execution': {
    severity: 'medium',
    title: 'A tool runs commands or code that its caller gives',
    remedy: 'Ask before each call, and keep the server in a container.',
  },
  'mcp/leak-flow': {
    severity: 'high',
    title: 'One client can read what strangers write, read what is private, and send it out',
    remedy: 'Take one of the three away, or ask before the tool that sends.',
  },
  'mcp/destructive-flow': {
    severity: 'medium',
    title: 'What strangers write can reach a tool that destroys',
    remedy: 'Ask before the tool that destroys.',
  },
  'mcp/unknown-package': {
    severity: 'high',
    title: 'The package that is started is not in its registry',
    remedy: 'Whoever registers the name decides what runs here: remove the entry, or correct the name.',
  },
  'mcp/withdrawn-package': {
    severity: 'medium',
    title: 'The package is deprecated or was taken back',
    remedy: 'See what its author says, and move to what replaces it.',
  },
  'mcp/new-package': {
    severity: 'low',
    title: 'The package was published less than a week ago',
    remedy: 'Wait some days: most malicious releases are found within that time.',
  },
  'mcp/many-tools': {
    severity: 'info',
    title: 'More tools than a model can tell apart',
    remedy: 'Allow only the tools that are used.',
  },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof rules;
