/** The story: every operation fits the schema, except the one that shows a validation error. */

import { parse, specifiedRules, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { deriveKeys } from '../../src/ledger/sealing/secret-keys.ts';
import { tellStory } from '../../src/pages/story.ts';
import { sandboxCast, unknownCast } from '../../src/pages/story-cast.ts';
import { schema } from '../../src/schema/schema.ts';
import { startHarness } from '../gateway/harness.ts';

const keys = deriveKeys('any secret of thirty-two characters').cursors;
const inSandbox = tellStory(sandboxCast(keys), { inSandbox: true });
const elsewhere = tellStory(unknownCast, { inSandbox: false });

describe('the story', () => {
  it.each(inSandbox)('fits the schema in $name', ({ name, query }) => {
    const problems = validate(schema, parse(query), specifiedRules);
    expect(problems).toHaveLength(name === 'NotInSchema' ? 1 : 0);
  });

  it('has elsewhere only chapters that need no sandbox, with placeholders for all customers', () => {
    expect(elsewhere.map(({ name }) => name)).toEqual([
      'FirstPage',
      'NextPage',
      'TwoDates',
      'Currencies',
      'Members',
      'Identifiers',
      'WrongArgument',
      'TooExpensive',
      'NotInSchema',
    ]);
    expect(JSON.stringify(elsewhere.map(({ variables }) => variables))).not.toMatch(/4477|@|web-shop/);
  });

  it.each(inSandbox)('has only lines in $name that the editor shows whole at 1280 pixels', ({ query }) => {
    for (const line of query.split('\n')) expect(line.length, line).toBeLessThan(58);
  });

  it('shows what is new before the entries: cursors and warnings', () => {
    for (const { name, query } of inSandbox.filter(({ query }) => query.includes('edges')))
      expect(query.indexOf('pageInfo'), name).toBeLessThan(query.indexOf('edges'));
    const endsEarly = inSandbox.find(({ name }) => name === 'EndsEarly')?.query ?? '';
    expect(endsEarly.indexOf('warnings')).toBeLessThan(endsEarly.indexOf('pageInfo'));
  });

  it.each(['2', '5', '100'])('goes on with its cursor at any page size (%s)', async (size) => {
    const secret = 'another secret of more than thirty-two characters';
    const { ask, sandbox } = await startHarness({}, { ID_SECRET: secret, UPSTREAM_MAX_LIMIT: size });
    const [first, next] = tellStory(sandboxCast(deriveKeys(secret).cursors), { inSandbox: true });
    const whole = await ask(
      '{ customer(identifier: { name: MOBILE, value: "447700900001" }) { ledgerBalance { nodes { pointsCategory closingBalance } } } }',
    );
    expect(JSON.stringify(first?.query)).toContain('first: 3');
    const page = await ask(next?.query ?? '', next?.variables);
    expect(nodesOf(page).slice(0, 3)).toEqual(nodesOf(whole).slice(3, 6));
    expect(sandbox.callCount()).toBeGreaterThan(1);
  });
});

/** The balances of an answer, with or without edges. */
function nodesOf(answer: { data?: unknown }): readonly unknown[] {
  const { customer } = answer.data as {
    customer: { ledgerBalance: { nodes?: unknown[]; edges?: { node: unknown }[] } };
  };
  return customer.ledgerBalance.nodes ?? customer.ledgerBalance.edges?.map(({ node }) => node) ?? [];
}
