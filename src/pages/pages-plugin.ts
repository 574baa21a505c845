/**
 * Lets pages answer before GraphQL does. Knows nothing of what they show.
 */
import type { Plugin } from 'graphql-yoga';
import { exactPath } from '../gateway/http/request-target.ts';
import type { Pages } from './pages.ts';

/** The plugin. A request that is for no page costs one look-up. */
export function pagesPlugin(pages: Pages): Plugin {
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      const { method, headers } = request;
      return pages.answer({ method, path: exactPath(request.url), headers })?.then(({ body, ...init }) => {
        endResponse(new fetchAPI.Response(method === 'HEAD' ? null : body, init));
      });
    },
  };
}
