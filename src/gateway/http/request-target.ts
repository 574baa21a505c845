/**
 * Whom and what an HTTP request asks for: its Host header and its request target (RFC 9112, section 3.2). Pure.
 */

/** What HTTP calls a host, and what else stands in a Host header: no user, no path, nothing of another language. */
const hostForm = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d*)?$/i;

/** `http://host:80/path?query`, as clients send it to proxies; a server must take it too (section 3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#]+)(.*)$/i;

/**
 * Whether a Host header's value is `host` or `host:port`. Empty is valid: it stands for a target without a host. Names
 * that no URL can have, such as `1.2.3.4.5`, are not, although the grammar has room for them.
 */
export function isValidHost(value: string): boolean {
  return value === '' || (hostForm.test(value) && URL.canParse(`http://${value}`));
}

/** The host that a request is for: that of its target, if it names one, else its Host header's (section 3.2.2). */
export function addressedHost(target: string, hostHeader: string): string {
  return absoluteForm.exec(target)?.[1] ?? hostHeader;
}

/** The path and query of a request target; nothing when it has none or names a host that is not valid. */
export function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  const [, host = '', rest = ''] = absoluteForm.exec(target) ?? [];
  if (host === '' || !isValidHost(host)) return undefined;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * The path of an absolute URL as the client wrote it. A proxy in front judges by this text, so dot segments and
 * percent-encodings are not resolved.
 */
export function exactPath(url: string): string {
  return /^[^:/?#]+:\/\/[^/?#]*([^?]*)/.exec(url)?.[1] ?? '';
}
