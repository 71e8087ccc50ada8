/** Holds docs/configuration.md to the schema, the lints and the parser. */

import { assert, assertEquals } from "@std/assert";
import { checkConfig, LINT_SEVERITIES } from "../src/config/mod.ts";
import { CONFIG_SCHEMA } from "../src/config/schema.ts";
import {
  DEFAULT_LIMITS,
  DEVELOPMENT_LIMITS,
  type ExtensionLimits,
} from "../src/runtime/mod.ts";
import {
  encodeRon,
  type EnumSchema,
  type IntegerSchema,
  type ListSchema,
  type MapSchema,
  type NamedField,
  type OptionSchema,
  type Schema,
  type StructSchema,
} from "../src/ron/mod.ts";

const PAGE = await Deno.readTextFile(
  new URL("../docs/configuration.md", import.meta.url),
);

/** The cells of the table below a heading, its first two lines left out. */
function tableBelow(heading: string): string[][] {
  const section = PAGE.split(/^#+ /m)
    .find((each) => each.startsWith(`${heading}\n`));
  assert(section !== undefined, `no section "${heading}"`);
  return section.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
}

type Named = StructSchema<unknown> | EnumSchema<unknown>;

/** Every struct and enum of a schema by its name. */
function namedIn(schema: Schema<unknown>): Map<string, Named> {
  switch (schema.kind) {
    case "struct": {
      const each = schema as StructSchema<unknown>;
      const inner = each.fields.flatMap((field) => [...namedIn(field.schema)]);
      return new Map([[each.name, each], ...inner]);
    }
    case "enum": {
      const each = schema as EnumSchema<unknown>;
      return new Map([[each.name, each]]);
    }
    case "list":
    case "option":
      return namedIn((schema as ListSchema<unknown>).inner);
    case "map":
      return namedIn((schema as MapSchema<unknown, unknown>).value);
    default:
      return new Map();
  }
}

/** A type as the page writes it. */
function typeText(schema: Schema<unknown>): string {
  switch (schema.kind) {
    case "struct":
    case "enum":
      return (schema as Named).name;
    case "integer":
      return (schema as IntegerSchema<unknown>).integer;
    case "list":
      return `[${typeText((schema as ListSchema<unknown>).inner)}]`;
    case "option":
      return `Option(${typeText((schema as OptionSchema<unknown>).inner)})`;
    case "map": {
      const { key, value } = schema as MapSchema<unknown, unknown>;
      return `{${typeText(key)}: ${typeText(value)}}`;
    }
    default:
      return schema.kind;
  }
}

function defaultText({ schema, presence, fallback }: NamedField): string {
  if (presence === "required") return "required";
  if (presence === "optional") return "`None`";
  // The fields of a struct have their own table.
  if (schema.kind === "struct") return `\`${typeText(schema)}()\``;
  return `\`${encodeRon(fallback(), schema)}\``;
}

for (const [name, schema] of namedIn(CONFIG_SCHEMA)) {
  Deno.test(`the page describes ${name} as the schema has it`, () => {
    const rows = tableBelow(name);
    assert(rows.every((row) => (row.at(-1) ?? "") !== ""), "a meaning for all");
    const written = rows.map((row) => row.slice(0, -1));
    if (schema.kind === "struct") {
      assertEquals(
        written,
        schema.fields.map((field) => [
          `\`${field.name}\``,
          `\`${typeText(field.schema)}\``,
          defaultText(field),
        ]),
      );
      return;
    }
    const variants = [...schema.variants].map(([variant, content]) => [
      `\`${variant}\``,
      content.kind === "newtype" ? `\`${typeText(content.inner)}\`` : "",
    ]);
    assertEquals(written, variants);
  });
}

Deno.test("the page describes nothing that the schema does not have", () => {
  const described = [...PAGE.matchAll(/^### (.+)$/gm)].map(([, name]) => name!);
  assertEquals(described.sort(), [...namedIn(CONFIG_SCHEMA).keys()].sort());
});

Deno.test("the page lists every lint with its severity", () => {
  const rows = tableBelow("What forge check finds");
  assertEquals(
    rows.map(([code, severity]) => [code, severity]),
    Object.entries(LINT_SEVERITIES)
      .map(([code, severity]) => [`\`${code}\``, severity]),
  );
});

Deno.test("every example of the page can be used, and has nothing worse than a tag", async () => {
  const blocks = [...PAGE.matchAll(/^```ron\n([^]*?)^```$/gm)]
    .map(([, text]) => text!);
  assert(blocks.length >= 6);
  for (const block of blocks) {
    const { findings, usable } = await checkConfig(block);
    assert(usable, block);
    assertEquals(
      findings.filter(({ code }) => code !== "MutableTag"),
      [],
      block,
    );
  }
});

Deno.test("the page says what the profiles allow", () => {
  const mib = (bytes: number) =>
    bytes < 2 ** 30 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 30} GiB`;
  const count = (value: number) =>
    value < 1000 ? `${value}` : value.toLocaleString("en").replaceAll(",", " ");
  const cells = (limits: ExtensionLimits) => [
    mib(limits.moduleBytes),
    mib(limits.memoryBytes),
    count(limits.fuel),
    `${limits.timeoutMs / 1000} s`,
    count(limits.maxConcurrentOperations),
    `${count(limits.maxRows)}, ${mib(limits.maxResultBytes)}`,
    mib(limits.databaseBytes),
    count(limits.databaseSteps),
    [
      mib(limits.directoryBytes),
      count(limits.directoryEntries),
      mib(limits.fileBytes),
    ].join(", "),
  ];
  const rows = tableBelow("What the profiles allow");
  assertEquals(rows.map(([, cell]) => cell), cells(DEFAULT_LIMITS));
  assertEquals(rows.map(([, , cell]) => cell), cells(DEVELOPMENT_LIMITS));
});
