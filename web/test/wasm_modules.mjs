/**
 * Hand-assembled modules with the solver's ABI whose `solve_pow` does one thing.
 * With them a test can tell that a module was called at all.
 */

/** A module whose `solve_pow` says that there is no solution. */
export const unsolvable = () => assemble([0x42, 0x7f]);

/** A module whose `solve_pow` traps. */
export const trapping = () => assemble([0x00]);

/** A module no browser compiles. */
export const broken = () => Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, 255]);

/** @param body instructions of `solve_pow`, leaving an i64 on the stack */
function assemble(body) {
  const text = (name) => [name.length, ...Buffer.from(name)];
  const section = (id, ...content) => [id, content.length, ...content];
  const code = (...instructions) => [instructions.length + 2, 0, ...instructions, 0x0b];
  const solve = code(...body);
  const malloc = code(0x41, 0x10);
  return Buffer.from([
    ...[0, 97, 115, 109, 1, 0, 0, 0],
    // (i32 i32 i32 i32) -> i64, (i32 i32) -> i32
    ...section(1, 2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7e, 0x60, 2, 0x7f, 0x7f, 1, 0x7f),
    ...section(3, 2, 0, 1),
    ...section(5, 1, 0, 1),
    ...section(
      7,
      3,
      ...[...text("memory"), 2, 0],
      ...[...text("solve_pow"), 0, 0],
      ...[...text("__wbindgen_malloc"), 0, 1],
    ),
    ...section(10, 2, ...solve, ...malloc),
  ]);
}
