/** The parts of `docs/sandbox.md` that are printed from the sandbox's own data, and from the example of tests. */

import { readFileSync } from 'node:fs';
import { identifierNamesInSchema } from '../src/sandbox/control/page.ts';
import { members } from '../src/sandbox/demo/members.ts';
import { currencies, programmes } from '../src/sandbox/demo/programmes.ts';
import { situations } from '../src/sandbox/demo/situations.ts';
import { faultKinds } from '../src/sandbox/faults/faults.ts';
import type { Member, MemberIdentifier } from '../src/sandbox/ledger/member.ts';
import { settings } from '../src/sandbox/settings.ts';
import { cutCode } from './code-cuts.ts';
import { head, type Sections, table } from './markdown.ts';

const code = (text: string): string => `\`${text}\``;

const identifierCell = ({ name, value, source, accountId }: MemberIdentifier): string =>
  [
    `${identifierNamesInSchema[name]} ${code(value)}`,
    ...(source === undefined ? [] : [`source ${source}`]),
    ...(accountId === undefined ? [] : [`accountId ${code(accountId)}`]),
  ].join(', ');

const identifierOf = ({ identifiers }: Member, kind: MemberIdentifier['name']): string =>
  code(identifiers.find(({ name }) => name === kind)?.value ?? '');

const inSituation = new Set(situations.map(({ member }) => member));

const personRow = (member: Member): readonly string[] => [
  `${member.firstName} ${member.lastName}`,
  identifierOf(member, 'mobile'),
  identifierOf(member, 'email'),
  identifierOf(member, 'externalId'),
  String(member.ledger.length),
];

/** Declarations of a file of the example of tests. */
const fromExample = (path: string, ...names: readonly string[]): string =>
  cutCode(readFileSync(new URL(`../examples/testing/${path}`, import.meta.url), 'utf8'), names);

/** The sections by the name of their markers. */
export const sandboxSections: Sections = {
  'test-sandbox': fromExample('sandbox.ts', 'openSandbox'),
  'test-fixture': fromExample('balances.spec.ts', 'test'),
  situations: table([
    ...head('ask for', 'and meet'),
    ...situations.map(({ identifier, shows }) => [identifierCell(identifier), shows]),
  ]),
  people: table([
    ...head('member', 'MOBILE', 'EMAIL', 'EXTERNAL_ID', 'entries, currencies included'),
    ...members.filter((member) => !inSituation.has(member)).map(personRow),
  ]),
  programmes: table([
    ...head('programme', 'programId', 'tills', 'alternate currencies'),
    ...Object.entries(programmes).map(([key, { programName, programId, tillIds }]) => [
      programName,
      code(programId),
      tillIds.map(code).join(', '),
      currencies
        .filter(({ programme }) => programme === key)
        .map(({ name }) => code(name))
        .join(', '),
    ]),
  ]),
  faults: table([
    ...head('kind', 'what goes wrong', 'settings'),
    ...Object.entries(faultKinds).map(([kind, { meaning, settings }]) => [
      code(kind),
      meaning,
      settings.map(code).join(', '),
    ]),
  ]),
  'sandbox-settings': table([
    ...head('name', 'takes', 'default'),
    ...settings.map(({ name, takes, default: shownDefault }) => [name, takes, shownDefault]),
  ]),
};
