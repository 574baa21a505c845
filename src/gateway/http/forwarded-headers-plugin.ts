/** Refuses requests whose headers could not go upstream as they are. Knows neither which headers those are nor their form. */
import type { Plugin } from 'graphql-yoga';
import { badRequest } from './request-parameters.ts';

/** The plugin. `problemOf` says what is wrong with a caller's headers, and quotes none of their values. */
export function forwardedHeadersPlugin(problemOf: (incoming: Headers) => string | undefined): Plugin {
  return {
    onRequestParse({ request }) {
      const problem = problemOf(request.headers);
      if (problem !== undefined) throw badRequest(problem);
    },
  };
}
