/**
 * Decodes the spans that a collector gets: OTLP in Protobuf's wire format. The SDK can only write it. The numbers are
 * those of `opentelemetry/proto/trace/v1/trace.proto`.
 */

/** A span as it was sent. Ids in hexadecimal, an absent parent empty. */
export type SentSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** 2 is a server's, 3 a client's. */
  readonly kind: number;
  readonly attributes: Attributes;
  /** Of the process that sent it. */
  readonly resource: Attributes;
};

type Attributes = Readonly<Record<string, string | number>>;

/** A message's fields by number; each has all its values, in order. */
type Message = ReadonlyMap<number, readonly (Buffer | bigint)[]>;

/** All spans of one export request. */
export function decodeSpans(body: Buffer): readonly SentSpan[] {
  return nested(readMessage(body), 1).flatMap((resourceSpans) => {
    const resource = attributesOf(nested(resourceSpans, 1)[0] ?? new Map(), 1);
    return nested(resourceSpans, 2)
      .flatMap((scopeSpans) => nested(scopeSpans, 2))
      .map((span) => ({
        traceId: bytes(span, 1).toString('hex'),
        spanId: bytes(span, 2).toString('hex'),
        parentSpanId: bytes(span, 4).toString('hex'),
        name: bytes(span, 5).toString(),
        kind: Number(span.get(6)?.[0] ?? 0),
        attributes: attributesOf(span, 9),
        resource,
      }));
  });
}

function attributesOf(message: Message, field: number): Attributes {
  return Object.fromEntries(
    nested(message, field).map((pair) => [
      bytes(pair, 1).toString(),
      readAny(nested(pair, 2)[0] ?? new Map()),
    ]),
  );
}

/** A text, a whole number or a fraction: the gateway sends nothing else. */
function readAny(value: Message): string | number {
  const [text, whole, fraction] = [1, 3, 4].map((field) => value.get(field)?.[0]);
  if (text instanceof Buffer) return text.toString();
  return fraction instanceof Buffer ? fraction.readDoubleLE() : Number(whole);
}

function bytes(message: Message, field: number): Buffer {
  const value = message.get(field)?.[0];
  return value instanceof Buffer ? value : Buffer.alloc(0);
}

function nested(message: Message, field: number): readonly Message[] {
  return (message.get(field) ?? []).flatMap((value) => (value instanceof Buffer ? [readMessage(value)] : []));
}

function readMessage(buffer: Buffer): Message {
  const fields = new Map<number, (Buffer | bigint)[]>();
  for (let at = 0; at < buffer.length; ) {
    const tag = readVarint(buffer, at);
    const { value, end } = readValue(buffer, tag.end, Number(tag.value) & 7);
    const field = Number(tag.value) >> 3;
    fields.set(field, [...(fields.get(field) ?? []), value]);
    at = end;
  }
  return fields;
}

function readValue(buffer: Buffer, at: number, wireType: number) {
  if (wireType === 0) return readVarint(buffer, at);
  const length = wireType === 2 ? readVarint(buffer, at) : undefined;
  const start = length?.end ?? at;
  const end = start + (length === undefined ? (wireType === 1 ? 8 : 4) : Number(length.value));
  return { value: buffer.subarray(start, end), end };
}

function readVarint(buffer: Buffer, at: number) {
  let value = 0n;
  for (let end = at, shift = 0n; ; shift += 7n) {
    const byte = buffer.readUInt8(end);
    end += 1;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return { value, end };
  }
}
