// Stands in for react-devtools-core, which only development would load. Ink imports it as a default (ink 8.0.0).

const devtools = { connectToDevTools(): void {}, initialize(): void {} };

// biome-ignore lint/style/noDefaultExport: the shape of the module that it stands for
export default devtools;
