/** Which hosts are this machine, and no other can reach. Pure. */

/**
 * Whether a host, as a name, an address, or as `URL` writes it, is the loopback. All of 127.0.0.0/8 is (RFC 1122, section
 * 3.2.1.3); `URL` has normalised shorthands such as `127.1`.
 */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/.test(host);
