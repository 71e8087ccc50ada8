/**
 * What is left on the screen of a terminal when a program has written to it.
 *
 * It knows what line-oriented programs use: returns, erasing, moving up and
 * down; colours and the shape of the cursor leave no text.
 *
 * @module
 */

/** Control sequences, single controls, and text between them. */
const PARTS =
  // deno-lint-ignore no-control-regex -- control characters are what is read
  /\x1b\[([0-9;?]*)([A-Za-z])|\x1b\][^\x07]*\x07|[\r\n\b\t]|[^\x1b\r\n\b\t]+/g;

/**
 * Draws what a program wrote.
 *
 * @param columns Width of the terminal; longer lines go on in the next.
 * @returns The lines, without blanks at their ends.
 */
export function drawScreen(written: string, columns: number): string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const lineAt = (index: number): string[] => {
    while (lines.length <= index) lines.push([]);
    return lines[index]!;
  };
  const put = (char: string) => {
    if (column === columns) [row, column] = [row + 1, 0];
    const line = lineAt(row);
    while (line.length < column) line.push(" ");
    line[column++] = char;
  };
  const obey = (count: number, command: string) => {
    if (command === "A") row = Math.max(0, row - Math.max(1, count));
    else if (command === "B") row += Math.max(1, count);
    else if (command === "G") column = Math.max(0, count - 1);
    else if (command === "K") {
      lineAt(row).length = count === 2 ? 0 : Math.min(
        lineAt(row).length,
        column,
      );
    } else if (command === "J") {
      lineAt(row).length = Math.min(lineAt(row).length, column);
      lines.length = row + 1;
    }
  };
  for (const [part, count = "", command] of written.matchAll(PARTS)) {
    if (command !== undefined) obey(Number.parseInt(count) || 0, command);
    else if (part === "\r") column = 0;
    else if (part === "\n") [row, column] = [row + 1, 0];
    else if (part === "\b") column = Math.max(0, column - 1);
    else if (part === "\t") { do put(" "); while (column % 8 !== 0); }
    else if (!part.startsWith("\x1b")) { for (const char of part) put(char); }
  }
  const drawn = lines.map((line) => line.join("").trimEnd());
  while (drawn.at(-1) === "") drawn.pop();
  return drawn;
}
