/**
 * The parts put together, for the command line and for programs.
 *
 * @module
 */

export * from "./client.ts";
export * from "./extension_options.ts";
export * from "./extensions.ts";
export * from "./export_project.ts";
export * from "./import_archive.ts";
export * from "./isolation.ts";
export * from "./lock.ts";
export * from "./module_changes.ts";
export * from "./pin.ts";
export * from "./project.ts";
export * from "./references.ts";
export * from "./requirements.ts";
export * from "./watch.ts";
export * from "./select.ts";
export * from "./update.ts";
export {
  type ExtensionVersions,
  lookUpVersions,
  type LookUpVersionsOptions,
} from "./versions.ts";
export * from "./variable.ts";
export * from "./verify_project.ts";
