/**
 * Whole numbers as bytes, small ones short: seven bits a byte, lowest first, the high bit meaning "more follows"
 * (LEB128). Numbers up to 2^53 − 1.
 */

/** The bytes of all numbers, one after the other. */
export function encodeVarints(numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(numbers.flatMap(varintBytes));
}

/** Reads exactly `count` numbers that fill `bytes` completely; nothing if they do not. */
export function decodeVarints(bytes: Uint8Array, count: number): number[] | undefined {
  const numbers: number[] = [];
  let number = 0;
  let scale = 1;
  for (const byte of bytes) {
    number += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
    scale = 1;
  }
  return numbers.length === count && scale === 1 ? numbers : undefined;
}

function varintBytes(number: number): number[] {
  const bytes: number[] = [];
  let rest = number;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
