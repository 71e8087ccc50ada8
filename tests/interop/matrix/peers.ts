/**
 * Who pushes, keeps and pulls in the interoperability matrix.
 *
 * @module
 */

import { join } from "@std/path";
import { buildArtifact } from "../../../src/artifact/mod.ts";
import { startRegistry } from "../../../src/testing/mod.ts";
import type { Workspace } from "../../cli/workspace.ts";
import { startCraneRegistry } from "../crane_registry.ts";
import { startDockerRegistry } from "../docker_registry.ts";
import { writeLayout } from "../layout.ts";
import { runTool } from "../processes.ts";
import {
  BUILDAH,
  COSIGN,
  CRANE,
  DISTRIBUTION,
  DOCKER_REGISTRY,
  ORAS,
  REGCTL,
  SKOPEO,
  type Tool,
  UMOCI,
  WKG,
  ZOT,
} from "../tools.ts";
import { startZot } from "../zot_registry.ts";

/** Something that takes part. */
export interface Peer {
  /** Its name in the table. */
  readonly name: string;
  /** What it needs. */
  readonly tools: readonly Tool[];
}

/** A registry. */
export interface RegistryPeer extends Peer {
  /** Starts it. */
  readonly start: () => Promise<AsyncDisposable & { readonly host: string }>;
}

/** One transfer between a project directory and a registry. */
export interface Transfer {
  /** The project; `greeter.wasm` is in it, and a `Dockerfile`. */
  readonly work: Workspace;
  /** The registry. */
  readonly host: string;
  /** The image, with its tag. */
  readonly image: string;
}

/** Something that publishes `greeter.wasm`. */
export interface Pusher extends Peer {
  /** Publishes it. */
  readonly push: (transfer: Transfer) => Promise<void>;
}

/** Something that fetches what `forge publish` made. */
export interface Puller extends Peer {
  /** Fetches it, and says where the module is. */
  readonly pull: (transfer: Transfer & PublishedLayer) => Promise<string>;
}

/** What was published. */
export interface PublishedLayer {
  /** The SHA-256 of the layer, which is that of the module. */
  readonly sha256: string;
}

/** The registries. */
export const REGISTRIES: readonly RegistryPeer[] = [
  { name: "in memory", tools: [], start: () => startRegistry() },
  {
    name: "docker-registry",
    tools: [DOCKER_REGISTRY],
    start: () => startDockerRegistry(),
  },
  {
    name: "distribution 3",
    tools: [DISTRIBUTION],
    start: () => startDockerRegistry({ tool: DISTRIBUTION }),
  },
  { name: "zot", tools: [ZOT], start: startZot },
  {
    name: "crane registry serve",
    tools: [CRANE],
    start: startCraneRegistry,
  },
];

/** What publishes. */
export const PUSHERS: readonly Pusher[] = [
  {
    name: "forge publish",
    tools: [],
    async push({ work, image }) {
      const done = await work.forge("publish", "greeter.wasm", image);
      if (done.status !== 0) throw new Error(done.err);
    },
  },
  {
    name: "crane append",
    tools: [CRANE],
    push: ({ work, image }) =>
      run(work, CRANE, [
        ...["append", "--insecure", "--new_tag", image],
        ...["--new_layer", join(work.root, "greeter.wasm")],
      ]),
  },
  {
    name: "oras push",
    tools: [ORAS],
    push: ({ work, image }) =>
      run(work, ORAS, ["push", "--plain-http", image, "greeter.wasm"]),
  },
  {
    name: "oras push, application/wasm",
    tools: [ORAS],
    push: ({ work, image }) =>
      run(work, ORAS, [
        ...["push", "--plain-http", image, "greeter.wasm:application/wasm"],
      ]),
  },
  {
    name: "skopeo copy, of a layout",
    tools: [SKOPEO],
    async push({ work, image }) {
      const bytes = await Deno.readFile(join(work.root, "greeter.wasm"));
      const artifact = await buildArtifact(bytes, { title: "greeter.wasm" });
      await writeLayout(join(work.root, "layout"), "v1", artifact);
      await copyLayout(work, image);
    },
  },
  {
    name: "umoci insert, skopeo copy",
    tools: [UMOCI, SKOPEO],
    async push({ work, image }) {
      await run(work, UMOCI, ["init", "--layout", "layout"]);
      await run(work, UMOCI, ["new", "--image", "layout:v1"]);
      await run(work, UMOCI, [
        ...["insert", "--rootless", "--image", "layout:v1"],
        ...["greeter.wasm", "/extension.wasm"],
      ]);
      await copyLayout(work, image);
    },
  },
  buildah("oci"),
  buildah("docker"),
  {
    name: "regctl artifact put",
    tools: [REGCTL],
    async push({ work, host, image }) {
      await allowPlain(work, host);
      await run(work, REGCTL, [
        ...["artifact", "put", "--file", "greeter.wasm"],
        ...["--artifact-type", "application/vnd.wasm.config.v0+json"],
        ...["--file-media-type", "application/wasm", image],
      ]);
    },
  },
  {
    name: "cosign upload wasm",
    tools: [COSIGN],
    push: ({ work, image }) =>
      run(work, COSIGN, ["upload", "wasm", "-f", "greeter.wasm", image]),
  },
  {
    name: "wkg oci push",
    tools: [WKG],
    push: ({ work, host, image }) =>
      run(work, WKG, [
        ...["oci", "push", "--insecure", host, image, "greeter.wasm"],
      ]),
  },
];

/** What fetches. */
export const PULLERS: readonly Puller[] = [
  {
    name: "crane pull",
    tools: [CRANE],
    async pull({ work, image, sha256 }) {
      await run(work, CRANE, [
        ...["pull", "--insecure", "--format", "oci", image, "pulled"],
      ]);
      return join("pulled", "blobs", "sha256", sha256);
    },
  },
  {
    name: "oras pull",
    tools: [ORAS],
    async pull({ work, image }) {
      await run(work, ORAS, ["pull", "--plain-http", "-o", "pulled", image]);
      return join("pulled", "greeter.wasm");
    },
  },
  {
    name: "skopeo copy",
    tools: [SKOPEO],
    async pull({ work, image, sha256 }) {
      await run(work, SKOPEO, [
        ...["--insecure-policy", "copy", "--src-tls-verify=false"],
        ...[`docker://${image}`, "oci:pulled:v1"],
      ]);
      return join("pulled", "blobs", "sha256", sha256);
    },
  },
  {
    name: "regctl artifact get",
    tools: [REGCTL],
    async pull({ work, host, image }) {
      await allowPlain(work, host);
      await Deno.mkdir(join(work.root, "pulled"));
      await run(work, REGCTL, ["artifact", "get", "--output", "pulled", image]);
      return join("pulled", "greeter.wasm");
    },
  },
  {
    name: "wkg oci pull",
    tools: [WKG],
    async pull({ work, host, image }) {
      const args = ["oci", "pull", "--insecure", host, image];
      await run(work, WKG, [...args, "-o", "pulled.wasm"]);
      return "pulled.wasm";
    },
  },
];

function buildah(format: "oci" | "docker"): Pusher {
  return {
    name: `buildah bud, ${format}`,
    tools: [BUILDAH],
    async push({ work, image }) {
      // Storage of its own needs no privileges and is left to nobody.
      const storage = [
        ...["--root", join(work.root, "storage")],
        ...["--runroot", join(work.root, "run"), "--storage-driver", "vfs"],
      ];
      await run(work, BUILDAH, [
        ...[...storage, "bud", "--isolation", "chroot", "--format", format],
        ...["-t", image, work.root],
      ]);
      await run(work, BUILDAH, [
        ...[...storage, "push", "--tls-verify=false", image],
        `docker://${image}`,
      ]);
    },
  };
}

function copyLayout(work: Workspace, image: string): Promise<void> {
  return run(work, SKOPEO, [
    ...["--insecure-policy", "copy", "--dest-tls-verify=false"],
    ...["oci:layout:v1", `docker://${image}`],
  ]);
}

/** regctl knows registries without TLS from its configuration only. */
function allowPlain(work: Workspace, host: string): Promise<void> {
  return run(work, REGCTL, ["registry", "set", host, "--tls", "disabled"]);
}

/** Runs a tool in the project, with a home of its own. */
async function run(
  { root }: Workspace,
  tool: Tool,
  args: readonly string[],
): Promise<void> {
  const env = {
    HOME: root,
    REGCTL_CONFIG: join(root, "regctl.json"),
    DOCKER_CONFIG: join(root, "docker"),
  };
  await runTool(tool, args, { cwd: root, env });
}
