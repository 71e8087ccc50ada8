/** The same configuration in RON, JSON with comments, and TOML. */

function image(index: number): string {
  return `forgepoint/extensions/example-${index}`;
}

function digest(index: number): string {
  return `sha256:${String(index).padStart(8, "0").repeat(8)}`;
}

/** As `forge.ron` is written: names, comments, trailing commas. */
export function ronConfig(count: number): string {
  const extensions = Array.from(
    { length: count },
    (_, index) =>
      `            // extension ${index}, see "the guide"
            OciExtension(
                name: "example-${index}",
                registry: "registry-${index % 7}.example.com:5000",
                image: "${image(index)}",
                reference: ${
        index % 2 === 0 ? `Tag("v1.${index}.0")` : `Digest("${digest(index)}")`
      },
            ),
`,
  );
  return `Config(
    extensions: Extensions(
        oci: [
${extensions.join("")}        ],
        auth: {
            "registry-1.example.com:5000": RegistryAuth(
                username_env: Some("REGISTRY_USER"),
                token_env: Some("REGISTRY_TOKEN"),
            ),
        },
        settings: Settings(
            cache_dir: Some(".forge/cache"),
            offline_mode: false,
            verify_checksums: true,
        ),
    ),
)
`;
}

/** The same as JSON with comments and trailing commas. */
export function jsoncConfig(count: number): string {
  const extensions = Array.from(
    { length: count },
    (_, index) =>
      `            // extension ${index}, see "the guide"
            {
                "name": "example-${index}",
                "registry": "registry-${index % 7}.example.com:5000",
                "image": "${image(index)}",
                "reference": ${
        index % 2 === 0
          ? `{ "Tag": "v1.${index}.0" }`
          : `{ "Digest": "${digest(index)}" }`
      },
            },
`,
  );
  return `{
    "extensions": {
        "oci": [
${extensions.join("")}        ],
        "auth": {
            "registry-1.example.com:5000": {
                "username_env": "REGISTRY_USER",
                "token_env": "REGISTRY_TOKEN",
            },
        },
        "settings": {
            "cache_dir": ".forge/cache",
            "offline_mode": false,
            "verify_checksums": true,
        },
    },
}
`;
}

/** The same as TOML. */
export function tomlConfig(count: number): string {
  const extensions = Array.from(
    { length: count },
    (_, index) =>
      `# extension ${index}, see "the guide"
[[extensions.oci]]
name = "example-${index}"
registry = "registry-${index % 7}.example.com:5000"
image = "${image(index)}"
reference = ${
        index % 2 === 0
          ? `{ Tag = "v1.${index}.0" }`
          : `{ Digest = "${digest(index)}" }`
      }

`,
  );
  return `[extensions.settings]
cache_dir = ".forge/cache"
offline_mode = false
verify_checksums = true

[extensions.auth."registry-1.example.com:5000"]
username_env = "REGISTRY_USER"
token_env = "REGISTRY_TOKEN"

${extensions.join("")}`;
}
