/** The search for a member: the kind of identifier, and its value. */

import { Button, Paper, SegmentedControl, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import type { IdentifierName } from './generated/graphql.ts';
import { SearchIcon } from './icons.tsx';

/** Whom to look for. */
export type Search = { readonly by: IdentifierName; readonly value: string };

/** The kinds of identifier that the form offers, and how each is typed. */
const kinds = {
  MOBILE: { label: 'Mobile', field: 'Mobile number', example: '447700900001', inputMode: 'tel' },
  EMAIL: {
    label: 'E-mail',
    field: 'E-mail address',
    example: 'amara.okafor@example.com',
    inputMode: 'email',
  },
  EXTERNAL_ID: { label: 'External id', field: 'External id', example: 'MR-1001', inputMode: 'text' },
  CARD_NUMBER: { label: 'Card', field: 'Card number', example: '5010000000000001', inputMode: 'numeric' },
} as const satisfies Partial<Record<IdentifierName, object>>;

type Kind = keyof typeof kinds;

function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}

type FindFormProps = {
  /** The last search: the form shows it, also when it was begun elsewhere. */
  readonly search: Search | undefined;
  /** What the gateway says about the value. */
  readonly problem: string | undefined;
  readonly onFind: (search: Search) => void;
};

export function FindForm({ search, problem, onFind }: FindFormProps) {
  const [by, setBy] = useState<Kind>('MOBILE');
  const [value, setValue] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  useEffect(() => {
    if (search === undefined || !isKind(search.by)) return;
    setBy(search.by);
    setValue(search.value);
    setEmpty(false);
  }, [search]);
  const { field, example, inputMode } = kinds[by];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = value.trim();
    setEmpty(typed === '');
    if (typed !== '') onFind({ by, value: typed });
  };
  return (
    <Paper
      component="form"
      className="panel"
      onSubmit={submit}
      noValidate
      role="search"
      aria-label="Find a member"
    >
      <SegmentedControl
        fullWidth
        size="sm"
        aria-label="Find by"
        value={by}
        data={Object.entries(kinds).map(([name, { label }]) => ({ value: name, label }))}
        onChange={(name) => isKind(name) && setBy(name)}
      />
      <TextInput
        mt="md"
        size="md"
        label={field}
        placeholder={example}
        inputMode={inputMode}
        autoComplete="off"
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={isEmpty ? `Type the ${field.toLowerCase()}` : problem}
      />
      <Button type="submit" fullWidth mt="md" size="md" leftSection={<SearchIcon />}>
        Find member
      </Button>
    </Paper>
  );
}
