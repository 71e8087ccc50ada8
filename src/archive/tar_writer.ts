/**
 * A tar archive, written file by file.
 *
 * @module
 */

import type { createTarPacker } from "modern-tar";
import type { FileSink } from "../platform/types.ts";

type Packer = ReturnType<typeof createTarPacker>;

/** Writes the files of an archive, one after another. */
export class TarWriter {
  readonly #controller: Packer["controller"];
  readonly #draining: Promise<void>;

  /** Writes to a file that is open and empty. */
  static async open(sink: FileSink): Promise<TarWriter> {
    // Loaded by those who write archives only.
    const { createTarPacker } = await import("modern-tar");
    return new TarWriter(createTarPacker(), sink);
  }

  private constructor({ readable, controller }: Packer, sink: FileSink) {
    this.#controller = controller;
    this.#draining = drain(readable, sink).catch((error: unknown) => {
      // Whoever writes the next file hears of it.
      controller.error(error);
      throw error;
    });
    this.#draining.catch(() => {});
  }

  /**
   * Adds a file. Equal files make equal archives: nothing but name, size and
   * content is written.
   *
   * @param name Its path in the archive.
   * @param size Bytes that `content` has.
   * @param content The bytes.
   */
  async add(
    name: string,
    size: number,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const writer = this.#controller.add({
      ...{ name, size, type: "file", mode: 0o644, mtime: new Date(0) },
    }).getWriter();
    for await (const chunk of content) await writer.write(chunk);
    await writer.close();
  }

  /** Ends the archive; resolves when all of it is written. */
  async end(): Promise<void> {
    this.#controller.finalize();
    await this.#draining;
  }
}

async function drain(
  readable: ReadableStream<Uint8Array>,
  sink: FileSink,
): Promise<void> {
  const reader = readable.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    await sink.write(value);
  }
}
