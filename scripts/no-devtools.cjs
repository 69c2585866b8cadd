// Stands in for react-devtools-core, which only development would load. CommonJS, because Ink imports its default.
module.exports = { connectToDevTools() {}, initialize() {} };
