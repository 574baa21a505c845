/** One more try with new credentials, for a call that was refused for the sake of old ones. Knows nothing of HTTP. */

import type { Credentials } from './credentials.ts';
import { CallFailure } from './failure.ts';
import type { OutgoingHeaders } from './forwarded-headers.ts';

/** Makes a call; tells the headers that it is signed with before they go out. */
export type SignedCall<T> = (onSigned: (headers: OutgoingHeaders) => void) => Promise<T>;

/**
 * Makes a call, and once more if it was answered 401 and the credentials can be renewed. This is no retry: it does
 * not count as one, and it needs no pause, because what was wrong is known and mended.
 */
export async function withReplay<T>({ renewal }: Credentials, call: SignedCall<T>): Promise<T> {
  if (renewal === undefined) return call(() => undefined);
  const attempt = async (mayReplay: boolean): Promise<T> => {
    let sent: OutgoingHeaders = {};
    try {
      const answer = await call((headers) => {
        sent = headers;
      });
      renewal.accepted(sent);
      return answer;
    } catch (error) {
      // The second 401 is not held against the token: others may be let in with it, and it has just been fetched.
      const isRefused = error instanceof CallFailure && error.again === 'with-new-token';
      if (!isRefused || !mayReplay || !renewal.refused(sent)) throw error;
      return attempt(false);
    }
  };
  return attempt(true);
}
