/** The Rust types of the corpora as schemas. */
import {
  any,
  array,
  bigInteger,
  bool,
  bytes,
  char,
  defaultField,
  enumeration,
  field,
  float,
  integer,
  list,
  map,
  newtype,
  newtypeVariant,
  option,
  type Schema,
  string,
  struct,
  structVariant,
  tuple,
  tupleStruct,
  tupleVariant,
  unit,
  unitStruct,
  unitVariant,
} from "../../src/ron/mod.ts";

const Reference = enumeration("Reference", {
  Tag: newtypeVariant(string()),
  Digest: newtypeVariant(string()),
});

const OciExtension = struct("OciExtension", {
  name: field(string()),
  registry: field(string()),
  image: field(string()),
  reference: field(Reference),
});

const LocalExtension = struct("LocalExtension", {
  name: field(string()),
  path: field(string()),
});

const RegistryAuth = struct("RegistryAuth", {
  username_env: field(option(string())),
  token_env: field(option(string())),
});

const DEFAULT_CACHE_DIR = ".forge/extensions/cache";

const Settings = struct("Settings", {
  cache_dir: field(option(string())),
  offline_mode: defaultField(bool(), false),
  verify_checksums: defaultField(bool(), true),
});

const settingsDefault = {
  cache_dir: DEFAULT_CACHE_DIR,
  offline_mode: false,
  verify_checksums: true,
};

const Extensions = struct("Extensions", {
  oci: defaultField(list(OciExtension), []),
  local: defaultField(list(LocalExtension), []),
  auth: defaultField(map(string(), RegistryAuth), new Map()),
  settings: defaultField(Settings, settingsDefault),
});

/** The Config of `forge.ron`. */
export const Config = struct("Config", {
  extensions: defaultField(Extensions, {
    oci: [],
    local: [],
    auth: new Map(),
    settings: settingsDefault,
  }),
});

const Point = struct("Point", {
  x: field(integer("i32")),
  y: field(integer("i32")),
});
const Unit = unitStruct("Unit");

const E = enumeration("E", {
  A: unitVariant(),
  B: newtypeVariant(integer("u8")),
  C: tupleVariant(integer("u8"), bool()),
  D: structVariant({ x: field(integer("u8")) }),
  P: newtypeVariant(Point),
  U: newtypeVariant(Unit),
  O: newtypeVariant(option(integer("u8"))),
});

/** The small shapes, by the names that the corpus gives them. */
export const SHAPES: Readonly<Record<string, Schema<unknown>>> = {
  any: any(),
  bool: bool(),
  char: char(),
  string: string(),
  bytes: bytes(),
  unit: unit(),
  u8: integer("u8"),
  u16: integer("u16"),
  u32: integer("u32"),
  u64: bigInteger("u64"),
  i8: integer("i8"),
  i16: integer("i16"),
  i32: integer("i32"),
  i64: bigInteger("i64"),
  f32: float("f32"),
  f64: float("f64"),
  "opt-u8": option(integer("u8")),
  "opt-opt-u8": option(option(integer("u8"))),
  "opt-unit": option(unit()),
  "vec-u8": list(integer("u8")),
  "vec-E": list(E),
  tuple1: tuple(integer("u8")),
  tuple2: tuple(integer("u8"), string()),
  arr2: array(integer("u8"), 2),
  "map-su": map(string(), integer("u8")),
  "map-us": map(integer("u8"), string()),
  Unit,
  New: newtype("New", integer("u32")),
  NewS: newtype("NewS", Point),
  Pair: tupleStruct("Pair", integer("u8"), string()),
  Point,
  Strict: struct("Strict", {
    a: field(integer("u8")),
    b: field(option(integer("u8"))),
  }, { denyUnknown: true }),
  E,
};
