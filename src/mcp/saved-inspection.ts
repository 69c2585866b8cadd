// What a server said, read back from the JSON that `aim mcp inspect --json` printed, or from the answers of the protocol itself.

import { UsageError } from '../errors.ts';
import { asUntrusted, type Untrusted } from '../text/brand.ts';
import { readPrompts, readResources, readTemplates, readTools } from './definitions.ts';
import type { Inspection, McpTool } from './record.ts';

/** @throws UsageError `mcp.inspection-invalid`. */
export function readInspection(text: string, path: string): Inspection {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path);
  }
  if (typeof value !== 'object' || value === null) throw invalid(path);
  return inspectionFrom(Array.isArray(value) ? { tools: value } : (value as Record<string, unknown>));
}

export function inspectionFrom(value: Record<string, unknown>): Inspection {
  const problems: Untrusted[] = [];
  const tools = list(value['tools']);
  return {
    serverName: text(value['serverName']) ?? text(Reflect.get(Object(value['serverInfo']), 'name')),
    serverVersion: text(value['serverVersion']) ?? text(Reflect.get(Object(value['serverInfo']), 'version')),
    protocolVersion: text(value['protocolVersion']),
    instructions: text(value['instructions']),
    tools: readTools(tools, problems).map((tool, index) => withOurAnnotations(tool, tools[index])),
    resources: readResources(list(value['resources'])),
    templates: readTemplates(list(value['templates'] ?? value['resourceTemplates'])),
    prompts: readPrompts(list(value['prompts'])),
    latencyMs: typeof value['latencyMs'] === 'number' ? value['latencyMs'] : null,
    stderrTail: asUntrusted(''),
    problems,
  };
}

// Ours are written `readOnly`, the protocol's `readOnlyHint`.
function withOurAnnotations(tool: McpTool, written: unknown): McpTool {
  const ours = Object(Reflect.get(Object(written), 'annotations')) as Record<string, unknown>;
  const flag = (key: keyof McpTool['annotations']): boolean | null =>
    typeof ours[key] === 'boolean' ? ours[key] : tool.annotations[key];
  return {
    ...tool,
    annotations: {
      readOnly: flag('readOnly'),
      destructive: flag('destructive'),
      idempotent: flag('idempotent'),
      openWorld: flag('openWorld'),
    },
  };
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): Untrusted | null => (typeof value === 'string' && value !== '' ? asUntrusted(value) : null);

const invalid = (path: string): UsageError =>
  new UsageError('mcp.inspection-invalid', {
    message: `${path} holds no inspection.`,
    next: 'Make one: aim mcp inspect NAME --json > FILE',
  });
