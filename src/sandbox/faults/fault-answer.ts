/**
 * What a fault makes of an answer, for the kinds that are still whole answers. Pure. The kinds that break
 * the connection (`hang`, `stall`, `cut-body`, `reset`) keep the answer here and act in `wire.ts`.
 */

import { writeErrors } from '../wire/refusals.ts';
import {
  emptyAnswer,
  forbiddenAnswer,
  htmlAnswer,
  jsonAnswer,
  rateLimitedAnswer,
  unauthorizedAnswer,
  type WireAnswer,
} from '../wire/wire-answer.ts';
import type { Fault } from './faults.ts';

/** What a changed answer may depend on: the call's own URL, the clock in ms, and the failure style. */
export type FaultSetting = {
  readonly url: string;
  readonly moment: number;
  readonly failureStatus: 200 | 400;
};

/** Sent by a fault of kind `refusal` that names no code: the ledger service and its fallback failed. */
export const defaultRefusalCode = 9003;

/** Over the 1 MiB at which a careful reader stops. */
const oversizedBytes = 1_572_864;

/** The answer that goes out under a fault instead of `answer`. */
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

/** `Retry-After` in one of its two forms (RFC 9110, 10.2.3), or none. A date has whole seconds, rounded up. */
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
