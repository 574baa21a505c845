/** The page: a search on one side, and a member's points on the other. */

import { ActionIcon, Container, Title, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { FindForm, type Search } from './find-form.tsx';
import { MoonIcon, SunIcon } from './icons.tsx';
import { MemberView } from './member-view.tsx';
import { Samples } from './samples.tsx';

/** A search with its number. Searching for the same member again asks again. */
type NumberedSearch = Search & { readonly number: number };

export function Page() {
  const [search, setSearch] = useState<NumberedSearch>();
  const [fieldProblem, setFieldProblem] = useState<string>();
  const find = ({ by, value }: Search) => {
    setFieldProblem(undefined);
    setSearch((last) => ({ by, value, number: (last?.number ?? 0) + 1 }));
  };
  return (
    <>
      <Header />
      <Container size="xl" className="columns" data-searched={search !== undefined}>
        <aside className="search-column">
          <FindForm search={search} problem={fieldProblem} onFind={find} />
          <Samples onFind={find} />
        </aside>
        <main className="points-column">
          {search === undefined ? (
            <Welcome />
          ) : (
            <MemberView key={search.number} search={search} onFieldProblem={setFieldProblem} />
          )}
        </main>
      </Container>
    </>
  );
}

function Header() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <header className="header">
      <Container size="xl" className="header-line">
        <img src="/favicon.svg" alt="" width={34} height={34} />
        <Title order={1} size="h3">
          Member points
        </Title>
        <ActionIcon
          ml="auto"
          size="lg"
          variant="default"
          aria-label={isDark ? 'Light colours' : 'Dark colours'}
          onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
        >
          {isDark ? <SunIcon /> : <MoonIcon />}
        </ActionIcon>
      </Container>
    </header>
  );
}

function Welcome() {
  return (
    <section className="welcome" aria-labelledby="welcome-title">
      <div className="welcome-cards" aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
      <Title order={2} id="welcome-title">
        Every point a member has
      </Title>
      <p>
        Find a member by mobile number, e-mail, external id or card. You see the balances of all programmes,
        now or at the end of any month.
      </p>
    </section>
  );
}
