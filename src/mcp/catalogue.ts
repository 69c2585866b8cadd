// What the dashboard knows of MCP servers: found in the background, merged with the registry, asked one at a time when told to.

import type { Api } from '../http/api.ts';
import { asUntrusted, type Untrusted } from '../text/brand.ts';
import type { McpCapability, McpRecorded, McpServer } from '../wire/mcp.ts';
import { detectMcpServers } from './detect.ts';
import { addressOf } from './detection-report.ts';
import { inspectMcpServer } from './inspect.ts';
import { describeLaunch, effectiveSighting, type LaunchDescription, launchOf } from './launch.ts';
import { lock } from './lockfile.ts';
import { originOf } from './origin.ts';
import { type McpRow, overview } from './overview.ts';
import type { DetectedServer, Detection, DetectionProblem, DetectOptions, Inspection } from './record.ts';
import { type RegistryFacts, registryFacts } from './registry-facts.ts';
import { watchPlaces } from './watch.ts';

export type Inspecting =
  | { state: 'running' }
  | { state: 'done'; inspection: Inspection; at: number }
  | { state: 'failed'; message: Untrusted };

/** Replaced, never changed: a reader that holds one sees one moment. */
export type CatalogueState = {
  rows: readonly McpRow[];
  looking: { done: number; total: number } | null;
  /** When the last look ended; null before the first did. */
  lookedAt: number | null;
  problems: readonly DetectionProblem[];
  /** Why the registry could not be read, where it could not. */
  registryProblem: Untrusted | null;
  inspections: ReadonlyMap<string, Inspecting>;
  /** By registry id. */
  capabilities: ReadonlyMap<string, readonly McpCapability[]>;
  /** By registry id: what was asked about single servers. */
  facts: ReadonlyMap<string, RegistryFacts>;
  /** By registry id: how many drifts wait for a decision. */
  waiting: ReadonlyMap<string, number>;
};

export type Catalogue = {
  get(): CatalogueState;
  /** Looks at files and registry again. A look that is under way is waited for. From the first one on, files are watched. */
  look(): Promise<void>;
  /** Looks again where the last look is older than a moment ago. */
  refresh(): void;
  /** What would be started, for a person to agree to. @throws UsageError where the entry is gone. */
  describe(row: McpRow): Promise<LaunchDescription & { isProject: boolean }>;
  /** Starts it. The caller has shown `describe` to a person, who agreed. */
  inspect(row: McpRow): Promise<void>;
  loadCapabilities(row: McpRow): Promise<void>;
  /** Asks the control plane for what it keeps of one server; again each time. */
  loadFacts(row: McpRow): Promise<void>;
  /** Has the control plane keep what an inspection found. @throws AIMError where it does not, or nothing was found. */
  record(row: McpRow): Promise<McpRecorded>;
  close(): void;
};

type Surroundings = {
  api(): Api;
  options(): DetectOptions;
  /** Paths whose appearance brings another home. */
  also: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  changed(): void;
  now(): number;
};

export function createCatalogue({ api, options, also, env, changed, now }: Surroundings): Catalogue {
  const stop = new AbortController();
  let state: CatalogueState = {
    rows: [],
    looking: null,
    lookedAt: null,
    problems: [],
    registryProblem: null,
    inspections: new Map(),
    capabilities: new Map(),
    facts: new Map(),
    waiting: new Map(),
  };
  let look: Promise<void> | null = null;
  let detection: Detection = { servers: [], problems: [], filesRead: 0 };
  let registered: readonly McpServer[] = [];

  const set = (change: Partial<CatalogueState>): void => {
    if (stop.signal.aborted) return;
    state = { ...state, ...change };
    changed();
  };
  const merge = (inspections = state.inspections): readonly McpRow[] => {
    const said = [...inspections].flatMap(([key, one]): [string, Inspection][] =>
      one.state === 'done' ? [[key, one.inspection]] : [],
    );
    return overview(detection.servers, registered, new Map(said));
  };
  const setInspection = (key: string, inspecting: Inspecting): void => {
    const inspections = new Map(state.inspections).set(key, inspecting);
    set({ inspections, ...(inspecting.state === 'done' ? { rows: merge(inspections) } : {}) });
  };

  async function lookAtFiles(): Promise<void> {
    set({ looking: { done: 0, total: 0 } });
    const onProgress = (looking: { done: number; total: number }): void => set({ looking });
    try {
      detection = await detectMcpServers({ ...options(), signal: stop.signal, onProgress });
    } finally {
      set({ rows: merge(), looking: null, lookedAt: now(), problems: detection.problems });
    }
  }

  async function lookAtRegistry(): Promise<void> {
    try {
      registered = (await api().mcp.list({ limit: 100, signal: stop.signal })).items;
      set({ rows: merge(), registryProblem: null });
      set({ waiting: await waitingDrifts(api(), stop.signal) });
    } catch (error) {
      set({ registryProblem: asUntrusted(error instanceof Error ? error.message : String(error)) });
    }
  }

  function lookAgain(): Promise<void> {
    if (look === null && state.lookedAt === null)
      void watchPlaces({ options, also, signal: stop.signal, changed: () => void lookAgain() });
    look ??= Promise.all([lookAtFiles(), lookAtRegistry()])
      .then(() => {})
      .catch(() => {}) // only the signal ends it early
      .finally(() => {
        look = null;
      });
    return look;
  }

  return {
    get: () => state,
    look: lookAgain,
    refresh() {
      if (state.lookedAt === null || now() - state.lookedAt > RECENT) void lookAgain();
    },
    async describe(row) {
      const server = detectedOf(row);
      const { launch, missing } = await launchOf(server, env);
      return { ...describeLaunch(launch, missing), isProject: effectiveSighting(server).scope === 'project' };
    },
    async inspect(row) {
      if (state.inspections.get(row.key)?.state === 'running') return;
      setInspection(row.key, { state: 'running' });
      try {
        const inspection = await inspectMcpServer(detectedOf(row), { env, signal: stop.signal, trustProject: true });
        setInspection(row.key, { state: 'done', inspection, at: now() });
      } catch (error) {
        setInspection(row.key, {
          state: 'failed',
          message: asUntrusted(error instanceof Error ? error.message : String(error)),
        });
      }
    },
    async loadCapabilities({ id }) {
      if (id === null || state.capabilities.has(id)) return;
      const found = await api()
        .mcp.capabilities(id as never, { signal: stop.signal })
        .catch(() => []);
      set({ capabilities: new Map(state.capabilities).set(id, found) });
    },
    async loadFacts({ id }) {
      if (id === null) return;
      const found = await registryFacts(api(), id, stop.signal);
      set({ facts: new Map(state.facts).set(id, found) });
    },
    async record(row) {
      const inspecting = state.inspections.get(row.key);
      if (inspecting?.state !== 'done' || inspecting.inspection.serverName === null)
        throw new Error('It has not answered, so there is nothing to record.');
      const server = detectedOf(row);
      const { launch } = await launchOf(server, env);
      const content = lock(server, inspecting.inspection, await originOf(launch));
      const known = row.id ?? (await api().mcp.register({ name: row.name, url: addressOf(server) })).id;
      const recorded = await api().mcp.record(known as never, content, { signal: stop.signal });
      await lookAtRegistry();
      await this.loadFacts({ ...row, id: known });
      return recorded;
    },
    close: () => stop.abort(),
  };
}

// A control plane that keeps no manifests, or does not answer this, has no drift to show.
async function waitingDrifts(api: Api, signal: AbortSignal): Promise<Map<string, number>> {
  const waiting = new Map<string, number>();
  if (!(await api.has('mcp.manifests').catch(() => false))) return waiting;
  const page = await api.mcp.drift(null, { status: 'open', limit: 100, signal }).catch(() => null);
  for (const { mcpServerId } of page?.items ?? []) waiting.set(mcpServerId, (waiting.get(mcpServerId) ?? 0) + 1);
  return waiting;
}

const RECENT = 3_000;

function detectedOf(row: McpRow): DetectedServer {
  if (row.detected !== null) return row.detected;
  throw new Error('No client on this machine is configured with this server, so it is not known how to start it.');
}
