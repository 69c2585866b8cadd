// The walls that a server may be started behind. Apart from what builds them, because the command line names them each time.

export const sandboxes = ['none', 'bwrap', 'podman', 'docker'] as const;
export type Sandbox = (typeof sandboxes)[number];
