/**
 * Lets pages answer before GraphQL does. Knows nothing of what they show.
 */
import type { Plugin } from 'graphql-yoga';
import type { Pages } from './pages.ts';

/** The plugin. A request that is for no page costs one look-up. */
export function pagesPlugin(pages: Pages): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      const { method, headers } = request;
      return pages({ method, path: url.pathname, headers })?.then(({ body, ...init }) => {
        endResponse(new fetchAPI.Response(method === 'HEAD' ? null : body, init));
      });
    },
  };
}
