(module
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
  (import "wasi:cli/environment@0.2.0" "get-environment"
    (func $environment (param i32)))
  (import "wasi:cli/exit@0.2.0" "exit" (func $exit (param i32)))
  (import "wasi:io/streams@0.2.0"
    "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "hello\nworld\n")
  (func (export "hello")
    (call $write (call $stdout) (i32.const 64) (i32.const 12) (i32.const 16)))
  (func (export "variables") (result i32)
    (call $environment (i32.const 16))
    (i32.load (i32.const 20)))
  (func (export "leave") (call $exit (i32.const 1)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024)))
