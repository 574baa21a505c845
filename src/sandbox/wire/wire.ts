/** Puts an answer on the wire, whole or broken as a fault wants it. The only file that touches sockets. */

import type { ServerResponse } from 'node:http';
import type { Fault } from '../faults/faults.ts';
import type { WireAnswer } from './wire-answer.ts';

/** Sends an answer under a fault, if any. Kinds that do not concern the wire send it whole. */
export function sendUnder(fault: Fault | undefined, response: ServerResponse, answer: WireAnswer): void {
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'stall':
      sendHalf(response, answer);
      return;
    case 'cut-body':
      sendHalf(response, answer, () => response.socket?.destroy());
      return;
    case 'oversized':
      send(response, answer, fault.chunked === true);
      return;
    default:
      send(response, answer);
  }
}

/** Sends a whole answer; `chunked` leaves its length unannounced. */
export function send(response: ServerResponse, answer: WireAnswer, chunked = false): void {
  const length = chunked ? {} : { 'content-length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(answer.body);
}

/** Announces the whole and sends half; `whenSent` runs when the half is with the system. */
function sendHalf(response: ServerResponse, answer: WireAnswer, whenSent?: () => void): void {
  const bytes = Buffer.from(answer.body);
  // An answer without a body is stretched by one byte that never comes: else it would be whole.
  const announced = Math.max(bytes.length, 1);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': announced });
  response.flushHeaders();
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), whenSent);
}
