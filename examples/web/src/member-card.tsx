/** The member, on a card like the one in a wallet. */

import { Title } from '@mantine/core';
import type { MemberPointsQuery } from './generated/graphql.ts';
import type { Programme } from './programmes.ts';

type Member = NonNullable<MemberPointsQuery['customer']>;

/** The name as far as it is known. */
export function nameOf({ firstName, lastName }: Pick<Member, 'firstName' | 'lastName'>): string {
  return [firstName, lastName].filter((part) => part !== null).join(' ') || 'Member without a name';
}

type MemberCardProps = {
  readonly member: Member;
  readonly asOf: string;
  readonly programmes: readonly Programme[];
};

export function MemberCard({ member, asOf, programmes }: MemberCardProps) {
  return (
    <section className="member-card" aria-labelledby="member-name">
      <p className="member-card-kind">Member</p>
      <Title order={2} id="member-name" dir="auto">
        {nameOf(member)}
      </Title>
      <ul className="member-card-programmes" aria-label="Programmes">
        {programmes.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
      <dl className="member-card-facts">
        <div>
          <dt>Number</dt>
          <dd>{member.userId}</dd>
        </div>
        {member.externalId !== null && (
          <div>
            <dt>External id</dt>
            <dd dir="auto">{member.externalId}</dd>
          </div>
        )}
        <div>
          <dt>As of</dt>
          <dd>{asOf}</dd>
        </div>
      </dl>
    </section>
  );
}
