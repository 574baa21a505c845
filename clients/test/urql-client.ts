/** urql with its normalised cache, paging query by query. It shows what the cache has for the last page. */

import { Client, type Exchange } from '@urql/core';
import { byMobile } from '../../test/gateway/members.ts';
import { balances } from '../../test/operations.ts';
import { exchanges } from '../urql/ledger.ts';
import { type Connect, showList, url, windowOf } from './shown-list.ts';

/** A client with these exchanges. */
export const connectUrqlWith =
  (...exchanges: Exchange[]): Connect =>
  (fetch) => {
    const client = new Client({ url, fetch, exchanges });
    return {
      openList: async (question) => {
        const { categoryType } = question;
        const variablesFrom = (cursor?: string | null) => ({
          identifier: byMobile('1'),
          categoryType,
          ...windowOf(question, cursor),
        });
        let shown = variablesFrom();
        const askFrom = async (cursor?: string | null) => {
          const { error } = await client.query(balances, variablesFrom(cursor)).toPromise();
          if (error) throw error;
          shown = variablesFrom(cursor);
        };
        await askFrom();
        const readPage = () => client.readQuery(balances, shown)?.data?.customer?.ledgerBalance;
        return showList(question.direction, readPage, askFrom);
      },
    };
  };

export const connectUrql = connectUrqlWith(...exchanges);
