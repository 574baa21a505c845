/** Documents drawn at random: fields, balances and fragments of all kinds under a customer, each switched by a directive. */

import fc from 'fast-check';
import { mobileLiteral, mobiles } from './members.ts';

/** A part of a selection under a customer. `isOn` says what its directive comes to. */
export type Part =
  | { readonly kind: 'field'; readonly name: string; readonly isOn: boolean }
  | { readonly kind: 'balance'; readonly till: number; readonly first: number; readonly isOn: boolean }
  | {
      readonly kind: 'fragment';
      readonly form: Form;
      readonly parts: readonly Part[];
      readonly isOn: boolean;
    };
type Form = 'named' | 'inline' | 'customer' | 'node';

const isOn = fc.constantFrom(true, true, false);
export const { parts } = fc.letrec<{ parts: readonly Part[] }>((tie) => ({
  parts: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('field' as const),
        name: fc.constantFrom('id', 'userId', 'lastName'),
        isOn,
      }),
      fc.record({
        kind: fc.constant('balance' as const),
        till: fc.integer({ min: 0, max: 2 }),
        first: fc.integer({ min: 0, max: 10 }),
        isOn,
      }),
      fc.record({
        kind: fc.constant('fragment' as const),
        form: fc.constantFrom<Form>('named', 'inline', 'customer', 'node'),
        parts: tie('parts'),
        isOn,
      }),
    ),
    { minLength: 1, maxLength: 4 },
  ),
}));

/** Writes parts as a selection, and the named fragments on the way into `definitions`. */
function write(written: readonly Part[], definitions: string[]): string {
  return written.map((part) => writePart(part, definitions)).join(' ');
}

function writePart(part: Part, definitions: string[]): string {
  const directive = part.isOn ? '@include(if: $yes)' : '@skip(if: $yes)';
  if (part.kind === 'field') return `${part.name} ${directive}`;
  if (part.kind === 'balance') {
    const filter = part.till === 0 ? '' : `, tillId: ${part.till}`;
    const key = `t${part.till}x${part.first}`;
    return `${key}: ledgerBalance(first: ${part.first}${filter}) ${directive} { nodes { pointsCategory } }`;
  }
  const inside = `{ __typename ${write(part.parts, definitions)} }`;
  if (part.form === 'inline') return `... ${directive} ${inside}`;
  if (part.form === 'customer') return `... on Customer ${directive} ${inside}`;
  if (part.form === 'node') return `... on Node ${directive} { id ... on Customer ${inside} }`;
  const name = `F${definitions.length}`;
  definitions.push(''); // Taken, before those inside take theirs.
  definitions[Number(name.slice(1))] = `fragment ${name} on Customer ${inside}`;
  return `...${name} ${directive}`;
}

/** The tills of all balances that are on. */
export function tillsOf(written: readonly Part[]): number[] {
  return written.flatMap((part) => {
    if (!part.isOn || part.kind === 'field') return [];
    return part.kind === 'balance' ? [part.till] : tillsOf(part.parts);
  });
}

/** An operation of two customer fields that are merged and a third one, with directives that read `$yes`. */
export function writeOperation(some: readonly Part[], others: readonly Part[]): string {
  const definitions: string[] = [];
  const customer = (written: readonly Part[]) =>
    `customer(identifier: ${mobileLiteral(mobiles.three)}) { __typename ${write(written, definitions)} }`;
  const query = `query ($yes: Boolean!) { ${customer(some)} ${customer(others)} other: ${customer(others)} }`;
  return `${query} ${definitions.join(' ')}`;
}
