// Rules over a running log: what deserves a person's attention now. Windows are counted in the time of the lines, once each per subject and pause.

import type { Untrusted } from '../text/brand.ts';
import type { LogEntry, LogItem } from './entry.ts';

export type LogAlert = {
  rule: string;
  severity: 'warning' | 'critical';
  /** Our sentence. Names in it are other people's: shown only through visible(). */
  text: string;
  /** Whom or what it is about: an agent, a server, a file. One alert each within the pause. */
  subject: string;
  at: number;
  /** How many lines made it. */
  count: number;
};

export type AlertLimits = {
  /** So many denials of one agent within the window. */
  denials: number;
  windowSeconds: number;
  /** The same alert about the same subject is not given again within this. */
  pauseSeconds: number;
  /** A log that was alive and says nothing for so long. 0: never. */
  silenceSeconds: number;
};

const defaultLimits: AlertLimits = { denials: 10, windowSeconds: 60, pauseSeconds: 600, silenceSeconds: 900 };

export class AlertWatch {
  readonly #limits: AlertLimits;
  readonly #servers = new Set<string>();
  readonly #denials = new Map<string, number[]>();
  readonly #given = new Map<string, number>();
  readonly #alive = new Map<string, number>();
  #isLearning = true;

  constructor(limits: Partial<AlertLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** What was in the log before: servers in it are known, and nothing in it is news. */
  learn(item: LogItem): void {
    if (item.kind === 'entry') this.#server(item.entry);
  }

  /** From here on every line may alert. */
  begin(): void {
    this.#isLearning = false;
  }

  take(item: LogItem, now: number): LogAlert[] {
    if (item.kind === 'notice') return this.#notice(item, now);
    const { entry } = item;
    this.#alive.set(entry.source.log ?? entry.source.file, now);
    const at = entry.time === null ? now : Date.parse(entry.time);
    const found = [this.#server(entry), this.#burst(entry, at), single(entry)].filter((alert) => alert !== null);
    return found.flatMap((alert) => this.#once({ ...alert, at }));
  }

  /** Called now and then: silence is noticed by nothing that happens. */
  tick(now: number): LogAlert[] {
    const { silenceSeconds } = this.#limits;
    if (silenceSeconds === 0) return [];
    return [...this.#alive].flatMap(([file, last]) => {
      if (now - last < silenceSeconds * 1000) return [];
      this.#alive.delete(file);
      const text = `${file} has said nothing for ${Math.round((now - last) / 60_000)} minutes`;
      return this.#once({ rule: 'silence', severity: 'warning', text, subject: file, at: now, count: 0 });
    });
  }

  #notice({ notice, text, file, count }: Extract<LogItem, { kind: 'notice' }>, now: number): LogAlert[] {
    if (notice !== 'tampered' && notice !== 'gap') return [];
    const severity = notice === 'tampered' ? 'critical' : 'warning';
    return this.#once({ rule: 'chain', severity, text: `${file}: ${text}`, subject: file, at: now, count: count ?? 1 });
  }

  #burst({ result, agentName, agentId }: LogEntry, at: number): Found | null {
    if (result !== 'DENIED') return null;
    const { denials, windowSeconds } = this.#limits;
    const agent = agentName ?? agentId ?? 'an unknown agent';
    const times = (this.#denials.get(agent) ?? []).filter((time) => at - time < windowSeconds * 1000);
    times.push(at);
    this.#denials.delete(agent);
    this.#denials.set(agent, times);
    // An attacker with ever new names must not fill the memory: the agent that was quiet for longest is forgotten.
    if (this.#denials.size > MOST_SUBJECTS) this.#denials.delete(this.#denials.keys().next().value as string);
    if (times.length < denials) return null;
    const text = `${agent} was denied ${times.length} times within ${windowSeconds} seconds`;
    return { rule: 'denials', severity: 'critical', text, subject: agent, count: times.length };
  }

  #server({ category, type, details, agentName }: LogEntry): Found | null {
    if (category !== 'MCP') return null;
    const server = details['server_name'] ?? details['server_id'];
    if (typeof server !== 'string' || this.#servers.has(server) || this.#servers.size >= MOST_SUBJECTS) return null;
    this.#servers.add(server);
    if (this.#isLearning) return null;
    const text = `${agentName ?? 'An agent'} uses the MCP server ${server} for the first time (${type})`;
    return { rule: 'new-server', severity: 'warning', text, subject: server, count: 1 };
  }

  #once(alert: LogAlert): LogAlert[] {
    const key = `${alert.rule} ${alert.subject}`;
    const last = this.#given.get(key);
    if (last !== undefined && alert.at - last < this.#limits.pauseSeconds * 1000) return [];
    this.#given.set(key, alert.at);
    if (this.#given.size > MOST_SUBJECTS) this.#given.delete(this.#given.keys().next().value as string);
    return [alert];
  }
}

type Found = Omit<LogAlert, 'at'>;

/** One line is enough. */
function single({ type, severity, agentName, agentId, details, message }: LogEntry): Found | null {
  const agent = agentName ?? agentId ?? ('an unknown agent' as Untrusted);
  switch (type) {
    case 'MCP_CAPABILITY_DRIFT': {
      const server = String(details['server_name'] ?? details['server_id'] ?? 'a server');
      const worst =
        severity === 'ERROR' || severity === 'CRITICAL' || details['severity'] === 'high' || details['severity'] === 'critical';
      return {
        rule: 'drift',
        severity: worst ? 'critical' : 'warning',
        text: `The tools of the MCP server ${server} changed`,
        subject: server,
        count: 1,
      };
    }
    case 'AGENT_STALE_CREDENTIALS':
      return {
        rule: 'stale-credentials',
        severity: 'warning',
        text: `${agent} acts with credentials that its server no longer knows`,
        subject: agent,
        count: 1,
      };
    case 'SIGNATURE_VERIFICATION_FAILED':
    case 'UNAUTHORIZED_ACCESS_ATTEMPT':
    case 'CAPABILITY_ESCALATION':
      return { rule: 'security', severity: 'critical', text: `${type} of ${agent}: ${message}`, subject: agent, count: 1 };
    default:
      return null;
  }
}

const MOST_SUBJECTS = 10_000;
