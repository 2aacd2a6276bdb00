/**
 * Duty: the lines of a stream of bytes. A line ends with LF and with nothing else, whatever characters are in it. Must
 * not know what is in a line.
 */

/** A line that is longer than any that a server sends. */
export class LineTooLongError extends Error {}

/** The lines without their LF. What follows the last LF is not whole and is left out. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Buffer, void> {
  let begun: Buffer[] = [];
  let size = 0;
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      const last = chunk.subarray(start, end);
      if (size + last.length > maxBytes) throw new LineTooLongError(`a line is longer than ${maxBytes} bytes`);
      yield begun.length === 0 ? last : Buffer.concat([...begun, last]);
      begun = [];
      size = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    begun.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > maxBytes) throw new LineTooLongError(`a line is longer than ${maxBytes} bytes`);
  }
}
