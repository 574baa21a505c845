/** Starts the page: the client of the gateway, the theme, the page. */

import '@fontsource-variable/inter/index.css';
import '@mantine/core/styles.css';
import './colours.css';
import './page.css';
import './points.css';
import { ApolloProvider } from '@apollo/client/react';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from './ledger-client.ts';
import { Page } from './page.tsx';
import { theme } from './theme.ts';

const gateway = document.querySelector<HTMLMetaElement>('meta[name="gateway"]')?.content ?? '/graphql';
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has an element with the id "root"');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ApolloProvider client={createClient(gateway)}>
        <Page />
      </ApolloProvider>
    </MantineProvider>
  </StrictMode>,
);
