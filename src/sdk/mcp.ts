// Detection and inspection of MCP servers, loaded with the first call: they bring parsers and a protocol client along.

type Detect = typeof import('../mcp/detect.ts').detectMcpServers;
type Inspect = typeof import('../mcp/inspect.ts').inspectMcpServer;

/** Every MCP server that the clients on this machine are configured with. Reads files, starts nothing. */
export const detectMcpServers: Detect = async (...given) => (await import('../mcp/detect.ts')).detectMcpServers(...given);

/** Asks a live MCP server what it offers. A local one is started for it, contained, and ended. */
export const inspectMcpServer: Inspect = async (...given) => (await import('../mcp/inspect.ts')).inspectMcpServer(...given);
