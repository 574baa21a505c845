/** Which balances are shown: as of when, and in which currencies. */

import { Chip, Group, Paper, Slider, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useId, useState } from 'react';
import type { Question } from './member-points.ts';
import type { Moment } from './months.ts';

/** The chosen filters. `moment` is the place of a moment in the list of all. */
export type FilterValues = { readonly moment: number; readonly currencies: Question['currencies'] };

type FiltersProps = {
  readonly moments: readonly Moment[];
  /** Alternate currencies that the member is known to have. */
  readonly known: readonly string[];
  readonly values: FilterValues;
  readonly onChange: (values: FilterValues) => void;
};

/** Keys move the slider step by step. The list is asked for when they rest, not at every step. */
const restMs = 250;

export function Filters({ moments, known, values, onChange }: FiltersProps) {
  return (
    <Paper className="panel filters">
      <AsOf
        moments={moments}
        chosen={values.moment}
        onRelease={(moment) => onChange({ ...values, moment })}
      />
      <Currencies
        known={known}
        chosen={values.currencies}
        onChange={(currencies) => onChange({ ...values, currencies })}
      />
    </Paper>
  );
}

type AsOfProps = {
  readonly moments: readonly Moment[];
  readonly chosen: number;
  readonly onRelease: (moment: number) => void;
};

function AsOf({ moments, chosen, onRelease }: AsOfProps) {
  const [held, setHeld] = useState(chosen);
  useEffect(() => setHeld(chosen), [chosen]);
  const release = useDebouncedCallback(onRelease, restMs);
  const last = moments.length - 1;
  const labelOf = (place: number) => moments[place]?.label ?? '';
  return (
    <div className="as-of">
      <Text size="sm" fw={600} component="p">
        As of <output>{labelOf(held)}</output>
      </Text>
      <Slider
        min={0}
        max={last}
        value={held}
        onChange={setHeld}
        onChangeEnd={release}
        label={labelOf}
        thumbLabel="As of"
        thumbValueText={labelOf}
        marks={marksOf(moments)}
      />
    </div>
  );
}

/** A mark at the end of each year, and one for now. */
function marksOf(moments: readonly Moment[]): { value: number; label: string }[] {
  return moments.flatMap(({ endDate, label }, value) => {
    if (endDate === undefined) return { value, label };
    // A mark beside "Now" would be written over it.
    const isNear = moments.length - 1 - value < 5;
    return endDate.includes('-12-31T') && !isNear ? { value, label: endDate.slice(0, 4) } : [];
  });
}

type CurrenciesProps = {
  readonly known: readonly string[];
  readonly chosen: Question['currencies'];
  readonly onChange: (chosen: Question['currencies']) => void;
};

/** Keeps names of currencies apart from the two other choices. */
const namePrefix = 'name:';

function Currencies({ known, chosen, onChange }: CurrenciesProps) {
  const title = useId();
  const value = typeof chosen === 'string' ? chosen : `${namePrefix}${chosen[0]}`;
  const choose = (choice: string) => {
    if (choice.startsWith(namePrefix)) onChange([choice.slice(namePrefix.length)]);
    else onChange(choice === 'all' ? 'all' : 'none');
  };
  return (
    <div role="radiogroup" aria-labelledby={title}>
      <Text size="sm" fw={600} component="p" id={title}>
        Currencies
      </Text>
      <Group gap="xs" mt={8}>
        <Chip.Group value={value} onChange={choose}>
          <Chip value="none">Points</Chip>
          <Chip value="all">All currencies</Chip>
          {known.map((name) => (
            <Chip key={name} value={`${namePrefix}${name}`}>
              {name}
            </Chip>
          ))}
        </Chip.Group>
      </Group>
    </div>
  );
}
