// Detection and inspection of MCP servers, loaded with the first call: they bring parsers and a protocol client along.

import { type Check, callable, checkArguments, object } from '../arguments.ts';
import type { AIMClient } from './aim-client.ts';

type Detect = typeof import('../mcp/detect.ts').detectMcpServers;
type Inspect = typeof import('../mcp/inspect.ts').inspectMcpServer;

/** Every MCP server that the clients on this machine are configured with. Reads files, starts nothing. */
export const detectMcpServers: Detect = async (...given) => (await import('../mcp/detect.ts')).detectMcpServers(...given);

/** Asks a live MCP server what it offers. A local one is started for it, contained, and ended. */
export const inspectMcpServer: Inspect = async (...given) => (await import('../mcp/inspect.ts')).inspectMcpServer(...given);

// Under the names of the Python SDK's module, for an agent that is handed over; the same methods stand on the agent itself.
const isAgent: Check = (value, at) =>
  object({ registerMcpServer: callable, listMcpServers: callable, attestMcpServer: callable, useMcpTool: callable })(
    value,
    at,
  ) && { at, is: 'an agent, as secure() gives it', given: value };

function of(call: keyof Agent, agent: Agent): Agent {
  checkArguments(call, { agent: isAgent }, [agent]);
  return agent;
}

type Agent = Pick<AIMClient, 'registerMcpServer' | 'listMcpServers' | 'attestMcpServer' | 'useMcpTool'>;
type Of<Name extends keyof Agent> = (agent: Agent, ...given: Parameters<Agent[Name]>) => ReturnType<Agent[Name]>;

/** Registers a server that the agent talks to. Twice the same is one. */
export const registerMcpServer: Of<'registerMcpServer'> = async (agent, ...given) =>
  of('registerMcpServer', agent).registerMcpServer(...given);
/** A page of the servers that the agent talks to. */
export const listMcpServers: Of<'listMcpServers'> = async (agent, ...given) =>
  of('listMcpServers', agent).listMcpServers(...given);
/** Signs what was found at a server, and tells AIM. */
export const attestMcpServer: Of<'attestMcpServer'> = async (agent, ...given) =>
  of('attestMcpServer', agent).attestMcpServer(...given);
/** Records one use of a tool; attests the server first where that is due. */
export const useMcpTool: Of<'useMcpTool'> = async (agent, ...given) => of('useMcpTool', agent).useMcpTool(...given);
