/** Modules out of text, for tests and fixtures. */

import wabt from "wabt";

const FEATURES = {
  bulk_memory: true,
  multi_value: true,
  mutable_globals: true,
  reference_types: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  tail_call: true,
  exceptions: true,
};

/**
 * Assembles WAT.
 *
 * @param name Name of the source, for messages.
 * @param text The source.
 */
export async function assemble(
  name: string,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const assembler = await wabt();
  const module = assembler.parseWat(name, text, FEATURES);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}
