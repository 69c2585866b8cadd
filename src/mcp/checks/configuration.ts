// What a server's entry alone shows: secrets in the open, what is fetched at start, how far it reaches, who is asked.

import { asUntrusted } from '../../text/brand.ts';
import { isMetadataAddress } from '../addresses.ts';
import type { DetectedServer } from '../record.ts';
import { REPLACED } from '../secrets.ts';
import type { Objection } from './finding.ts';
import { launcherProblem } from './launchers.ts';
import { isTracked } from './tracked.ts';

/** Of a command line. Beyond it, what is done is hidden by length. */
const LONGEST_LINE = 16_384;

export function configurationObjections(server: DetectedServer): Objection[] {
  return [
    ...secretObjections(server),
    ...(server.transport === 'stdio' ? commandObjections(server) : []),
    ...(server.url === null ? [] : addressObjections(server)),
    ...approvalObjections(server),
  ];
}

function secretObjections(server: DetectedServer): Objection[] {
  const named = [
    ...server.environment.map((value) => ({ ...value, what: 'environment variable' })),
    ...server.headers.map((value) => ({ ...value, what: 'header' })),
  ].filter(({ shape }) => shape === 'secret');
  const found = named.map(
    ({ name, what }): Objection => ({
      rule: 'mcp/plain-secret',
      evidence: name,
      message: `The ${what} ${name} holds a secret in plain text.`,
    }),
  );
  const inArgs = [server.command ?? asUntrusted(''), ...server.args].find((argument) => argument.includes(REPLACED));
  if (inArgs !== undefined) {
    found.push({
      rule: 'mcp/plain-secret',
      evidence: inArgs,
      message: 'An argument holds a secret, which every process list shows.',
    });
  }
  if (server.url?.includes(REPLACED)) {
    found.push({
      rule: 'mcp/plain-secret',
      evidence: server.url,
      message: 'The address holds a secret, which logs and proxies keep.',
    });
  }
  if (found.length === 0) return [];
  return [...found, ...openFiles(server)];
}

function openFiles({ sightings }: DetectedServer): Objection[] {
  return sightings.flatMap(({ fileMode, configPath, pointer, scope }): Objection[] => {
    const about = { subject: { kind: 'file', name: asUntrusted(configPath) }, place: { path: configPath, pointer } } as const;
    const found: Objection[] = [];
    if (fileMode !== null && (fileMode & 0o044) !== 0) {
      const mode = fileMode.toString(8).padStart(4, '0');
      const message = `Its mode is ${mode}: ${(fileMode & 0o004) === 0 ? 'its group' : 'everybody'} may read it.`;
      found.push({ rule: 'mcp/readable-secret', ...about, evidence: mode, message });
    }
    if (scope === 'project' && isTracked(configPath)) {
      const message = 'Whoever has the repository has the secret.';
      found.push({ rule: 'mcp/committed-secret', ...about, evidence: configPath, message });
    }
    return found;
  });
}

function commandObjections({ command, args }: Pick<DetectedServer, 'command' | 'args'>): Objection[] {
  // On Windows npx is a script, which only cmd can start: what counts is what comes behind it.
  const [first = '', launched, ...rest] = args;
  if (launched !== undefined && programOf(command ?? '') === 'cmd' && /^\/c$/i.test(first)) {
    return commandObjections({ command: asUntrusted(launched), args: rest });
  }
  const argv = [command ?? '', ...args];
  const whole = argv.join(' ');
  const line = whole.slice(0, LONGEST_LINE);
  const program = programOf(command ?? '');
  const found: Objection[] = [];
  const object = (rule: Objection['rule'], evidence: string, message: string, severity?: Objection['severity']): void =>
    void found.push({ rule, evidence, message, ...(severity === undefined ? {} : { severity }) });

  if (whole.length > LONGEST_LINE)
    object('mcp/hidden-command', line.slice(0, 80), `What it runs has ${whole.length} characters, which nobody reads.`);
  const piped =
    /\b(?:curl|wget|iwr|irm|invoke-webrequest)\b[^|;&]*(?:\||;|&&)\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b|\b(?:curl|wget)\b.*\|\s*(?:python3?|node|perl|ruby)\b|\b(?:ba|z)?sh\b[^|]*<\(\s*(?:curl|wget)|\biex\b.*\b(?:iwr|irm|downloadstring)\b|\b(?:iwr|irm)\b.*\|\s*iex\b/i.exec(
      line,
    );
  if (piped !== null) object('mcp/piped-installer', piped[0], 'It fetches a script from the network and runs it.');
  const encoded =
    /-e(?:nc(?:odedcommand)?|c)?\s+[A-Za-z0-9+/=]{24,}|base64\s+(?:-d|--decode|-D)\b.*\|\s*(?:ba|z)?sh|\b(?:eval|exec)\b.*\b(?:atob|b64decode|fromBase64)\b/i.exec(
      line,
    );
  if (encoded !== null && (program.startsWith('powershell') || program === 'pwsh' || !/^-e\s/.test(encoded[0]))) {
    object('mcp/hidden-command', encoded[0], 'What it runs is encoded.');
  }
  if (SHELLS.test(program) && args.some((argument) => /^(?:-[lixeu]*c|\/[ck]|-command|-c)$/i.test(argument))) {
    object('mcp/shell-command', line, `${program} runs a line of text.`);
  }
  const launcher = launcherProblem(program, args);
  if (launcher !== null) object('mcp/unpinned-launcher', launcher.evidence, launcher.message);
  if (/^(?:sudo|doas|pkexec|runas)$/.test(program)) object('mcp/unlimited-server', program, 'It runs as an administrator.');
  for (const argument of args) {
    if (
      /^--?(?:allow-all|allow-everything|yolo|unsafe|no-sandbox|dangerously[-\w]*|disable-(?:security|sandbox|auth)[-\w]*|skip-permissions|-A)$/i.test(
        argument,
      )
    ) {
      object('mcp/unlimited-server', argument, `${argument} switches its limits off.`);
    }
  }
  if (/^(?:docker|podman|nerdctl)$/.test(program)) found.push(...containerObjections(args));
  else {
    const root = args.find((argument) => BROAD.test(argument.replace(/^--?[\w-]+=/, '')));
    if (root !== undefined && /file|fs\b|dir|root|git|path|folder|search|desktop-commander/i.test(line.replace(root, ''))) {
      object('mcp/broad-files', root, `It may reach everything below ${root}.`);
    }
  }
  const bound =
    /(?:--(?:host|bind|listen|address)[= ]|\b(?:HOST|BIND)=)(0\.0\.0\.0|::|\[::\]|\*)(?=$|[\s:])|(?:^|\s)(0\.0\.0\.0):\d+/.exec(
      line,
    );
  if (bound !== null) object('mcp/exposed-listener', bound[0].trim(), 'It listens on every network interface.');
  return found;
}

const SHELLS = /^(?:(?:ba|z|da|k|fi|c|tc)?sh|cmd|powershell|pwsh)(?:\.exe)?$/;
const BROAD = /^(?:\/|~|~\/|\$HOME\/?|\$\{HOME\}\/?|%USERPROFILE%\\?|[A-Za-z]:[\\/]?|\/home\/?|\/Users\/?|\/root\/?|\/etc\/?)$/;

const programOf = (command: string): string =>
  (command.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd|bat)$/, '');

function containerObjections(args: readonly string[]): Objection[] {
  const line = args.join(' ');
  const found: Objection[] = [];
  for (const pattern of [
    /--privileged\b/,
    /--(?:pid|net|network|ipc|userns|uts)[= ]host\b/,
    /(?:-v|--volume|--mount)[= ]?(?:type=bind,)?(?:src=|source=)?(?:\/var\/run|\/run)\/docker\.sock\S*/,
    /(?:-v|--volume)[= ]?\/:\S+/,
    /--mount[= ]\S*(?:src|source)=\/(?:,|\s|$)\S*/,
    /--cap-add[= ](?:ALL|SYS_ADMIN)\b/i,
    /--security-opt[= ]\S*unconfined/,
  ]) {
    const match = pattern.exec(line);
    if (match !== null)
      found.push({ rule: 'mcp/container-escape', evidence: match[0], message: `${match[0]} gives the container its host.` });
  }
  const home =
    /(?:-v|--volume)[= ]?((?:~|\$HOME|\$\{HOME\}|\/home\/[^/:\s]+|\/Users\/[^/:\s]+|\/root|\/etc|\/home|\/Users)\/?):/.exec(
      line,
    );
  if (home !== null)
    found.push({ rule: 'mcp/broad-files', evidence: home[0], message: `It may reach everything below ${home[1]}.` });
  return found;
}

function addressObjections({ url: text, headers }: DetectedServer): Objection[] {
  const url = URL.parse(String(text));
  if (url === null) return [];
  if (isMetadataAddress(url)) {
    return [
      { rule: 'mcp/metadata-address', evidence: url.host, message: `${url.host} is where a cloud hands out credentials.` },
    ];
  }
  if (url.protocol !== 'http:') return [];
  if (!isLoopback(url.hostname))
    return [{ rule: 'mcp/clear-text', evidence: url.origin, message: `${url.origin} is reached without TLS.` }];
  if (headers.length > 0 || String(text).includes(REPLACED)) return [];
  return [
    {
      rule: 'mcp/unauthenticated-loopback',
      evidence: url.origin,
      message: `${url.origin} is reached without any credentials.`,
    },
  ];
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\]|.*\.localhost)$/.test(host);

function approvalObjections({ sightings }: DetectedServer): Objection[] {
  return sightings.flatMap(({ autoApproved, startsUnasked, disabled, configPath, pointer }): Objection[] => {
    if (disabled) return [];
    const started: Objection[] = startsUnasked
      ? [
          {
            rule: 'mcp/auto-approval',
            place: { path: configPath, pointer },
            evidence: 'enableAllProjectMcpServers',
            message: 'A project names it, and every server of a project starts without asking.',
          },
        ]
      : [];
    if (autoApproved.length === 0) return started;
    const all = autoApproved.includes('*' as never);
    const evidence = all ? '*' : autoApproved.join(', ');
    const message = all ? 'Every tool runs without asking.' : `These tools run without asking: ${evidence}.`;
    const place = { path: configPath, pointer };
    return [...started, { rule: 'mcp/auto-approval', severity: all ? 'high' : 'low', place, evidence, message }];
  });
}
