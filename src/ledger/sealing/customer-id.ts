/**
 * Seals and opens `Customer.id`: a customer's identifier, which only the gateway can read. Equal identifiers have equal
 * ids. Makes no call.
 *
 * Form: base64url of one version byte and AES-256-GCM-SIV (RFC 8452) over the identifier as JSON. The JSON is padded
 * with zero bytes to a multiple of 32, so that its length reveals little. The nonce is constant on purpose, so that
 * equal identifiers give equal ids. The scheme resists nonce reuse, so a constant nonce reveals nothing else.
 */
import { gcmsiv } from '@noble/ciphers/aes.js';
import { wrongArgument } from '../../errors.ts';
import { type CustomerIdentifier, customerSources, identifierNames } from '../../upstream/page-request.ts';
import type { KeyRing } from './secret-keys.ts';

const version = 1;
const nonce = new Uint8Array(12);
const blockLength = 32;
const tagLength = 16;
/**
 * More characters than any id has: two texts of 1000 characters (`text-limits.ts`) take up to six bytes a character in
 * JSON.
 */
const longestId = 16_384;

/** Seals an identifier with the ring's first key. */
export function sealCustomerId(keys: KeyRing, identifier: CustomerIdentifier): string {
  const { name, value, source, accountId } = identifier;
  const text = Buffer.from(
    JSON.stringify([name, value, source, ...(accountId === undefined ? [] : [accountId])]),
  );
  const padded = new Uint8Array(Math.ceil(text.length / blockLength) * blockLength);
  padded.set(text);
  const sealed = gcmsiv(keys[0], nonce, Uint8Array.of(version)).encrypt(padded);
  return Buffer.concat([Uint8Array.of(version), sealed]).toString('base64url');
}

/**
 * Opens an id that was sealed with any key of the ring.
 * @param argument where the id was given: `id`, or `ids[3]`.
 * @throws {GatewayError} BAD_USER_INPUT for anything else.
 */
export function openCustomerId(keys: KeyRing, argument: string, id: string): CustomerIdentifier {
  const bytes = id.length <= longestId ? Buffer.from(id, 'base64url') : Buffer.alloc(0);
  const isForm = bytes[0] === version && bytes.length >= 1 + blockLength + tagLength;
  if (isForm && bytes.toString('base64url') === id) {
    for (const key of keys) {
      const text = decrypt(key, bytes.subarray(1));
      const identifier = text === undefined ? undefined : decodeIdentifier(text);
      if (identifier !== undefined) return identifier;
    }
  }
  throw wrongArgument(argument, 'The id is not one that this gateway has given out');
}

function decrypt(key: Uint8Array, sealed: Uint8Array): string | undefined {
  try {
    const padded = gcmsiv(key, nonce, Uint8Array.of(version)).decrypt(sealed);
    return Buffer.from(padded).toString().replace(/\0+$/, '');
  } catch {
    return undefined; // The library throws for a wrong tag.
  }
}

function decodeIdentifier(text: string): CustomerIdentifier | undefined {
  const [nameText, value, sourceText, accountId]: readonly (string | undefined)[] = JSON.parse(text);
  const name = identifierNames.find((name) => name === nameText);
  const source = customerSources.find((source) => source === sourceText);
  if (name === undefined || source === undefined || value === undefined) return undefined;
  return { name, value, source, ...(accountId !== undefined && { accountId }) };
}
