/**
 * The parts put together, for the command line and for programs.
 *
 * @module
 */

export * from "./client.ts";
export * from "./project.ts";
export * from "./requirements.ts";
