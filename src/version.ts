// The version of this package, set by the build, and what tells a server which program asks.

declare const __AIM_VERSION__: string | undefined;
declare const __AIM_COMMIT__: string | undefined;
declare const __AIM_INK__: string | undefined;

export const version: string = typeof __AIM_VERSION__ === 'string' ? __AIM_VERSION__ : '0.0.0-source';

/** The commit that was built; null from source, and where there was no repository. */
export const commit: string | null = (typeof __AIM_COMMIT__ === 'string' && __AIM_COMMIT__) || null;
export const inkVersion: string | null = (typeof __AIM_INK__ === 'string' && __AIM_INK__) || null;

/** The audit log of the server keeps it. */
export const userAgent = (): string =>
  `aim-terminal/${version} (${[commit?.slice(0, 12), `Node ${process.versions.node}`, `${process.platform}-${process.arch}`].filter(Boolean).join('; ')})`;
