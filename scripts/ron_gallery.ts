/**
 * Draws the pictures of docs/ron.md anew.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/ron_gallery.ts
 */
import { withGallery } from "../tests/ron/gallery.ts";

const page = new URL("../docs/ron.md", import.meta.url);
await Deno.writeTextFile(page, withGallery(await Deno.readTextFile(page)));
