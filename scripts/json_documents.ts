/**
 * What the JSON documents of the commands have beside `ok` and `error`. The
 * reference of the command line is written from it, and a test holds the
 * commands to it.
 *
 * @module
 */

/** What a document has, by the names of its fields. */
export type JsonFields = Readonly<Record<string, string>>;

/** By command; those of `forge cache` by action. */
export const JSON_DOCUMENTS: Readonly<Record<string, JsonFields>> = {
  init: {
    path: "the file",
    done: "`created`, `replaced` or `changed`",
    added: "names of the extensions that were written",
  },
  run: {
    extensions: "one for each, as above",
    sandbox: "how much the process was allowed",
  },
  pull: {
    extensions: "one for each, as above",
    sandbox: "how much the process was allowed",
  },
  call: {
    name: "the extension",
    export: "what was called",
    results: "what it gave; `result` for `resolve-field`",
  },
  inspect: {
    source: "`file`, `extension` or `image`",
    subject: "path, name or reference",
    kind: "`core` or `component`",
    world: "what it is to Forge",
    runs: "whether it can be loaded; else `problem` says why not",
    sizeBytes: "its size",
    sha256: "its hash",
    memory: "pages, where it has a memory",
    imports: "what it wants",
    exports: "what it offers",
    sections: "its sections",
    customSections: "its custom sections",
    modules: "the modules inside of a component",
    worlds: "the worlds that it was built for",
    producers: "what it was built with",
    manifestDigest: "of the image, where it comes from one",
    layerDigest: "likewise",
  },
  schema: { schemas: "name and SDL of each" },
  lock: {
    path: "the lock file",
    changes: "`added`, `changed`, `kept` or `removed`, with before and after",
    missing: "names of those that could not be locked",
  },
  pin: {
    dryRun: "whether nothing was to be written",
    extensions: "tag, digest and status of each",
  },
  outdated: { extensions: "tag, what is used, what there is, of each" },
  update: {
    applied: "whether the updates were made",
    updates: "from, to, and what is different",
    current: "those that are as new as their tag",
    failed: "those whose registry could not tell, with the error",
  },
  digest: {
    mediaType: "of the manifest",
    digest: "of the manifest",
    size: "of the manifest in bytes",
  },
  tags: { tags: "the tags", isComplete: "whether these are all" },
  referrers: {
    subject: "the image, its digest",
    referrers: "what refers to it",
  },
  publish: {
    registry: "where it is",
    image: "its name there",
    tags: "what names it",
    manifestDigest: "of the image, to pin",
    configDigest: "of the image",
    layerDigest: "of the image",
    sha256: "of the module",
    sizeBytes: "of the module",
    outcome: "whether it was sent, or there before",
    annotations: "what the image says of itself",
  },
  copy: {
    registry: "where it is now",
    image: "its name there",
    tags: "what names it there",
    manifestDigest: "of the image",
    manifests: "how many",
    uploadedBlobs: "how many were sent",
    presentBlobs: "how many were there",
  },
  keygen: {
    privateKey: "path",
    publicKey: "path",
    encrypted: "whether the private key has a password",
  },
  sign: {
    digest: "of the image",
    form: "how the signature is kept",
    signature: "its digest",
    fingerprint: "of the key",
  },
  verify: {
    extensions:
      "status and signer of each; of an image `digest` and `signature`",
  },
  "cache list": { directory: "the cache", entries: "its entries" },
  "cache size": {
    directory: "the cache",
    entries: "how many",
    sizeBytes: "together",
  },
  "cache verify": {
    directory: "the cache",
    entries: "how many",
    damaged: "key, reference and reason of each that is",
  },
  "cache path": { directory: "the cache" },
  "cache prune": {
    directory: "the cache",
    removed: "references",
    freedBytes: "together",
    dryRun: "whether nothing was to be removed",
  },
  "cache clear": {
    directory: "the cache",
    removed: "how many",
    dryRun: "whether nothing was to be removed",
  },
  "cache export": {
    path: "the archive",
    sizeBytes: "its size",
    extensions: "what is in it",
  },
  "cache import": {
    directory: "the cache",
    imported: "what is in it now",
    failed: "what is not, with the error",
  },
  check: {
    file: "the configuration; absent where there is none",
    diagnostics: "severity, code, message, hint and place of each finding",
  },
  doctor: { checks: "area, status, message and hint of each line" },
  fmt: {
    path: "the file",
    formatted: "whether it was before",
    changed: "whether it was written",
  },
  permissions: { requirements: "kind, value and reason of each" },
};
