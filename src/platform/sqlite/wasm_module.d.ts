/** The code of SQLite. */
declare const module: WebAssembly.Module;

export default module;
