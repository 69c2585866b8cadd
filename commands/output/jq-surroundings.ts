// jq's loader (Emscripten) reads __dirname, which ES modules do not have. It holds its WebAssembly itself, so any folder does.
// Remove when jq-wasm is an ES module (1.0.1 is not).

Object.assign(globalThis, { __dirname: '/' });
