/**
 * What a fault does to an answer. `applyFault` replaces the answer; the kinds `hang`, `stall`, `cut-body` and `reset`
 * leave it as it is, and `sendUnder` breaks it on the connection.
 */

import type { ServerResponse } from 'node:http';
import { writeErrors } from '../wire/refusals.ts';
import {
  emptyAnswer,
  forbiddenAnswer,
  htmlAnswer,
  jsonAnswer,
  rateLimitedAnswer,
  send,
  unauthorizedAnswer,
  type WireAnswer,
} from '../wire/wire.ts';
import type { Fault } from './faults.ts';

/** What a fault reads besides the answer: the call's URL, the clock in ms, the status of failure bodies. */
export type FaultSetting = {
  readonly url: string;
  readonly moment: number;
  readonly failureStatus: 200 | 400;
};

/** The code of a `refusal` that names none: the ledger service and its fallback failed. */
export const defaultRefusalCode = 9003;

/** More than 1 MiB, at which a careful reader stops. */
const oversizedBytes = 1_572_864;

/** The answer that the fault sends in place of `answer`. */
export function applyFault(fault: Fault, answer: WireAnswer, setting: FaultSetting): WireAnswer {
  switch (fault.kind) {
    case 'rate-limited':
      return rateLimitedAnswer(writeRetryAfter(fault.retryAfter, fault.form, setting.moment));
    case 'server-error':
      return serverError(fault.status ?? 503, fault.body ?? 'html');
    case 'cut-json':
      return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)) };
    case 'html':
      return htmlAnswer(200, 'Maintenance');
    case 'empty':
      return emptyAnswer(200);
    case 'other-shape':
      return jsonAnswer(fault.status ?? 200, fault.text ?? '{"result":{"ok":true},"items":[]}');
    case 'oversized':
      return { ...answer, body: answer.body.padEnd(fault.bytes ?? oversizedBytes) };
    case 'redirect':
      return htmlAnswer(302, 'Found', { location: fault.location ?? redirectedUrl(setting.url) });
    case 'unauthorized':
      return unauthorizedAnswer;
    case 'forbidden':
      return forbiddenAnswer;
    case 'refusal':
      return refuse(fault.code, fault.message, setting.failureStatus);
    default:
      return answer;
  }
}

/** `Retry-After` in one of its two forms (RFC 9110, 10.2.3). A date has whole seconds, rounded up. */
function writeRetryAfter(seconds: number | undefined, form: 'seconds' | 'date' | undefined, moment: number) {
  if (seconds === undefined) return undefined;
  if (form !== 'date') return String(seconds);
  return new Date(Math.ceil(moment / 1000 + seconds) * 1000).toUTCString();
}

function serverError(status: number, body: 'html' | 'empty'): WireAnswer {
  return body === 'empty' ? emptyAnswer(status) : htmlAnswer(status, 'Server Error');
}

function refuse(code = defaultRefusalCode, message = `Refused with ${code}`, status: 200 | 400): WireAnswer {
  return jsonAnswer(status, writeErrors(code, message));
}

function redirectedUrl(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}redirected=1`;
}

/** Sends the answer, or breaks it on the connection if the fault is of such a kind. */
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

/** Announces the whole body and sends half of it. `whenSent` runs when the system has the half. */
function sendHalf(response: ServerResponse, answer: WireAnswer, whenSent?: () => void): void {
  const bytes = Buffer.from(answer.body);
  // An empty body is announced as one byte that never comes. Else the answer would be whole.
  const announced = Math.max(bytes.length, 1);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': announced });
  response.flushHeaders();
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), whenSent);
}
