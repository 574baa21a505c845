/** Members of the sandbox to try, people first, then one for each situation. Leave it out of a page for real members. */

import { Paper, Title, UnstyledButton } from '@mantine/core';
import type { Search } from './find-form.tsx';

type Sample = Search & { readonly name: string; readonly shows: string };

const samples: readonly Sample[] = [
  { name: 'Arjun Mehta', shows: 'three programmes', by: 'MOBILE', value: '447700900020' },
  { name: 'Léa Fontaine', shows: 'by e-mail', by: 'EMAIL', value: 'lea.fontaine@example.com' },
  { name: 'Sigrid Åkerström', shows: 'by card', by: 'CARD_NUMBER', value: '5010000000000007' },
  { name: 'Many balances', shows: '137, to scroll through', by: 'EXTERNAL_ID', value: 'many-entries' },
  { name: 'Four currencies', shows: 'points and three more', by: 'EXTERNAL_ID', value: 'currencies' },
  { name: 'Long decimals', shows: 'every digit', by: 'EXTERNAL_ID', value: 'long-decimals' },
  { name: 'A warning', shows: 'from the programme', by: 'EXTERNAL_ID', value: 'warning-texts' },
  { name: 'A list that stops', shows: 'go on by hand', by: 'EXTERNAL_ID', value: 'second-page-fails' },
  { name: 'A slow answer', shows: 'two seconds', by: 'EXTERNAL_ID', value: 'slow' },
  { name: 'Too many lookups', shows: 'a countdown', by: 'EXTERNAL_ID', value: 'rate-limited' },
  { name: 'Merged', shows: 'into another member', by: 'EXTERNAL_ID', value: 'merged' },
  { name: 'Nobody', shows: 'no such member', by: 'MOBILE', value: '447700900999' },
];

export function Samples({ onFind }: { readonly onFind: (search: Search) => void }) {
  return (
    <Paper component="nav" className="panel samples" aria-labelledby="samples-title">
      <Title order={2} size="h6" id="samples-title">
        Members to try
      </Title>
      <ul>
        {samples.map(({ name, shows, by, value }) => (
          <li key={value}>
            <UnstyledButton className="sample" onClick={() => onFind({ by, value })}>
              <span dir="auto">{name}</span>
              <span className="quiet">{shows}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Paper>
  );
}
