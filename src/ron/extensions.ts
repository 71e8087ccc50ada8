/** The names that `#![enable(...)]` knows. */

/** An extension of the grammar. */
export type RonExtension =
  | "explicit_struct_names"
  | "implicit_some"
  | "unwrap_newtypes"
  | "unwrap_variant_newtypes";

/** Every extension of the newest grammar. */
export const RON_EXTENSIONS: readonly RonExtension[] = [
  "unwrap_newtypes",
  "implicit_some",
  "unwrap_variant_newtypes",
  "explicit_struct_names",
];

/** The extensions that 0.8.1 knew. */
export const LEGACY_EXTENSIONS: readonly RonExtension[] = RON_EXTENSIONS.slice(
  0,
  3,
);
