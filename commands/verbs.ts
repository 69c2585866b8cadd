// The first words of command lines, for the help of the program: plain data, so that nothing else is loaded for it.

export type VerbGroup = {
  /** One line of `aim --help`. */
  summary: string;
  heading: Heading;
};

export const headings = ['Watch and decide', 'Agents and their servers', 'Control plane', 'Sign-in', 'This program'] as const;
export type Heading = (typeof headings)[number];

export const verbGroups: Readonly<Record<string, VerbGroup>> = {
  status: group('Say which server this is, who is signed in, and what waits', 'Watch and decide'),
  dashboard: group('Open the dashboard; `aim` alone does the same', 'Watch and decide'),
  ui: group('Drive the dashboard with a script, and print what a person would see', 'This program'),
  approvals: group('What waits for a person, and deciding it', 'Watch and decide'),
  why: group('Say why an action was allowed, denied, or still waits; or why a verb cannot be used', 'Watch and decide'),
  verify: group('Check the receipt of a decision, offline', 'Watch and decide'),
  exec: group('Run a command only if an agent may, and wait for a person where one decides', 'Agents and their servers'),
  requests: group('Agents that ask for a capability to keep, and the decision', 'Watch and decide'),
  alerts: group('What the server thinks a person should look at', 'Watch and decide'),
  events: group('What agents did and asked for, as it happens and as it was', 'Watch and decide'),
  security: group('Threats, anomalies and violations, and the numbers of them', 'Watch and decide'),
  analytics: group('How much was asked, allowed and denied, over days', 'Watch and decide'),
  logs: group('Security logs, read as they grow and as they were', 'Watch and decide'),
  agents: group('Who the agents are, and their life from registration to revocation', 'Agents and their servers'),
  a2a: group('Agent cards: made, fetched, checked', 'Agents and their servers'),
  mcp: group('MCP servers: what clients are configured to run, and what those offer', 'Agents and their servers'),
  demo: group('Start three agents at real work, so that there is something to watch, approve and deny', 'Control plane'),
  audit: group('Who changed what, in a chain that shows if the record was changed', 'Control plane'),
  rules: group('Rules that decide in a reviewer’s place, until they end', 'Control plane'),
  policies: group('What blocks, what alerts, and how many have to say yes', 'Control plane'),
  enforcement: group('Whether what is not allowed is stopped, or only noted', 'Control plane'),
  tags: group('Words by which agents are told apart, as env=production', 'Agents and their servers'),
  users: group('The people of the organisation, and what they may do', 'Control plane'),
  keys: group('API keys for agents and scripts', 'Control plane'),
  webhooks: group('Where the server tells of what happens', 'Control plane'),
  serve: group('Run a control plane, and look after it', 'Control plane'),
  api: group('Make any call to the server, signed in', 'Control plane'),
  login: group('Sign in to a server', 'Sign-in'),
  logout: group('Sign out', 'Sign-in'),
  whoami: group('Say who is signed in', 'Sign-in'),
  config: group('The settings, where each comes from, and changing them', 'This program'),
  profile: group('Several servers and sign-ins, each under a name', 'Sign-in'),
  man: group('Print or install manual pages', 'This program'),
  doctor: group('Look for what is wrong here, and say the fix', 'This program'),
  completion: group('Print the completion script of a shell', 'This program'),
  help: group('Explain a verb or a topic', 'This program'),
  paths: group('List the folders and files that aim uses', 'This program'),
  schema: group('Print the JSON Schema of what a verb prints', 'This program'),
  views: group('The saved views of the dashboard', 'This program'),
  version: group('Print the version', 'This program'),
};

function group(summary: string, heading: Heading): VerbGroup {
  return { summary, heading };
}
