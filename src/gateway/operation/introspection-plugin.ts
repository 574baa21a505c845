/**
 * Hides the schema when INTROSPECTION is off. Errors then suggest no names: a few hundred guesses would reveal the whole
 * schema through suggestions.
 */
import { type ExecutionResult, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { GatewayPlugin } from '../http/request-record.ts';

/** An executed operation. Nothing here streams. */
type Done = { readonly result: ExecutionResult; readonly setResult: (result: ExecutionResult) => void };

/** Refuses introspection and removes suggestions from errors. Put it after the document plugin, whose validator it wraps. */
export const noIntrospectionPlugin: GatewayPlugin = {
  onValidate({ addValidationRule, validateFn, setValidationFn }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    setValidationFn((schema: unknown, document: unknown, rules: unknown) =>
      validateFn(schema, document, rules, { hideSuggestions: true }),
    );
  },
  onExecute() {
    return {
      onExecuteDone({ result, setResult }: Done) {
        if (result.errors === undefined) return;
        setResult({ ...result, errors: result.errors.map(withoutSuggestion) });
      },
    };
  },
};

/**
 * Removes the suggestion from an error about the value of a variable: the executor has no option that leaves it out.
 * Errors with a path are the gateway's own, and suggest nothing.
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

/**
 * The message without the suggestion at its end. There is no regular expression here: the message quotes the client, and a
 * text that repeats the words could keep one busy for minutes.
 */
function upToSuggestion(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  return at >= 0 && message.indexOf('?', at) === message.length - 1 ? message.slice(0, at) : message;
}
