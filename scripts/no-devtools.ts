// Stands in for react-devtools-core, which only development would load.
export const connectToDevTools = (): void => {};
export const initialize = (): void => {};
