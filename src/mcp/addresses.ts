// Addresses that no MCP server has: where clouds hand out credentials to whoever asks from the inside.

export const isMetadataAddress = ({ hostname }: URL): boolean =>
  /^(?:169\.254\.\d+\.\d+|\[fe80:.*\]|\[::ffff:a9fe:.*\]|\[fd00:ec2::254\]|metadata(?:\.google\.internal)?|100\.100\.100\.200)\.?$/i.test(
    hostname,
  );
