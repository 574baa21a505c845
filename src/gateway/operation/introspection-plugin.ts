/**
 * Who may learn the schema from the gateway. Where introspection is off, errors suggest no names either: with a few
 * hundred guesses the suggestions would tell the whole schema.
 */
import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Lets documents and values be checked without telling what the schema has. Put it after whatever sets how to validate. */
export const noIntrospectionPlugin: Plugin = {
  onValidate({ addValidationRule, validateFn, setValidationFn }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    setValidationFn((schema: unknown, document: unknown, rules: unknown) =>
      validateFn(schema, document, rules, { hideSuggestions: true }),
    );
  },
  onExecute() {
    return {
      onExecuteDone({ result, setResult }) {
        if (!('errors' in result) || result.errors === undefined) return;
        setResult({ ...result, errors: result.errors.map(withoutSuggestion) });
      },
    };
  },
};

/**
 * The executor has no switch for the suggestions that it makes about values of variables. They end its message; an error
 * of a field is ours, and suggests nothing.
 */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = upToSuggestion(error.message);
  if (error.path !== undefined || message === error.message) return error;
  const { nodes = null, source = null, positions = null, originalError, extensions } = error;
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    originalError: originalError ?? null,
    extensions,
  });
}

/** Without a regular expression: the message quotes the client, and a text that repeats the words would be searched for minutes. */
function upToSuggestion(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  return at >= 0 && message.indexOf('?', at) === message.length - 1 ? message.slice(0, at) : message;
}
