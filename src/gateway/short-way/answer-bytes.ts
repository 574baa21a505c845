/** Collects the bytes of an answer. */

/** The first size in bytes. Most answers are smaller. */
const usualSize = 65_536;

/** The most bytes that stay in memory between two answers. */
const mostKept = 1_048_576;

/** The most characters that are copied one by one. For a longer text, a call into Node is faster. */
const shortText = 32;

const quote = 0x22;
const backslash = 0x5c;

/**
 * The bytes of one answer at a time, in a buffer that serves all answers. A text that grows would make an object for each
 * piece, and would be copied twice more on its way to the socket.
 */
export class AnswerBytes {
  /** The number of bytes so far. */
  length = 0;
  #bytes = Buffer.allocUnsafeSlow(usualSize);

  /** Drops the answer. Must be called after each one, whether it was finished or failed. */
  clear(): void {
    this.length = 0;
    if (this.#bytes.length > mostKept) this.#bytes = Buffer.allocUnsafeSlow(usualSize);
  }

  /** Adds bytes. */
  add(more: Uint8Array): void {
    this.#reserve(more.length);
    this.#bytes.set(more, this.length);
    this.length += more.length;
  }

  /** Adds a JSON string. */
  addString(value: string): void {
    if (value.length > shortText || !this.#addShort(value)) this.addJson(JSON.stringify(value));
  }

  /** Adds text that is JSON. */
  addJson(text: string): void {
    this.#reserve(text.length * 3); // UTF-8 takes at most three bytes for a UTF-16 unit.
    this.length += this.#bytes.write(text, this.length);
  }

  /** Adds the bytes between two earlier positions again. */
  repeat(from: number, to: number): void {
    this.#reserve(to - from);
    this.#bytes.copyWithin(this.length, from, to);
    this.length += to - from;
  }

  /** Returns a copy of all bytes: the socket may need them after the next answer has begun. */
  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.length));
  }

  /** Adds a JSON string if it has only ASCII characters that need no escape. */
  #addShort(value: string): boolean {
    this.#reserve(value.length + 2);
    const bytes = this.#bytes;
    let at = this.length;
    bytes[at++] = quote;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code < 0x20 || code > 0x7f || code === quote || code === backslash) return false;
      bytes[at++] = code;
    }
    bytes[at++] = quote;
    this.length = at;
    return true;
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.length + count));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
