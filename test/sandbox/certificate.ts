/** Makes a certificate for 127.0.0.1 that nobody trusts, so that tests need no key in the repository. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Key and certificate as PEM texts. The certificate is its own authority: trust it to trust the server. */
export type Certificate = { readonly key: string; readonly cert: string };

/** A fresh self-signed certificate (RFC 5280) for the address 127.0.0.1, valid 2020 to 2049. */
export function makeCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = describeServer(publicKey);
  const signature = sign('sha256', signed, privateKey);
  const whole = der(0x30, signed, ecdsaWithSha256, bits(signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

const ecdsaWithSha256 = der(0x30, objectId('06082a8648ce3d040302'));

/** The part that is signed: version 3, serial 1, issuer and subject alike, its key and address. */
function describeServer(publicKey: KeyObject): Buffer {
  const commonName = der(0x30, objectId('0603550403'), der(0x0c, Buffer.from('sandbox')));
  const name = der(0x30, der(0x31, commonName));
  const validity = der(
    0x30,
    der(0x17, Buffer.from('200101000000Z')),
    der(0x17, Buffer.from('491231235959Z')),
  );
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  const keyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const address = der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])));
  const alternativeName = der(0x30, objectId('0603551d11'), der(0x04, address));
  const extensions = der(0xa3, der(0x30, alternativeName));
  return der(0x30, version, serial, ecdsaWithSha256, name, validity, name, keyInfo, extensions);
}

/** One DER value (X.690): tag, length in its shortest form, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), content);
}

function objectId(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
