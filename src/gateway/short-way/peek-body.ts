/** Reads the body of a request and puts it back, so that it can be read again. */
import type { IncomingMessage } from 'node:http';

/**
 * Reads a body of `length` bytes, puts it back into the request, and calls `onBody` with it. The caller must still read or
 * discard the body. `onBody` gets undefined when the client stopped sending.
 */
export function peekBody(
  request: IncomingMessage,
  length: number,
  onBody: (body: Buffer | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let received = 0;

  function onReadable(): void {
    while (received < length) {
      const chunk: Buffer | null = request.read();
      if (chunk === null) return;
      chunks.push(chunk);
      received += chunk.length;
    }
    end();
  }
  function end(): void {
    request.off('readable', onReadable).off('close', end).off('error', end);
    const [first] = chunks;
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    if (body.length > 0 && !request.destroyed) request.unshift(body);
    onBody(received === length ? body : undefined);
  }
  request.on('readable', onReadable).on('close', end).on('error', end);
}
