/**
 * Hides the schema where INTROSPECTION is off. Errors then suggest no names either: with a few hundred guesses the
 * suggestions would reveal the whole schema.
 */
import { type ExecutionResult, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { GatewayPlugin } from '../http/request-record.ts';

/** An executed operation. Nothing here streams. */
type Done = { readonly result: ExecutionResult; readonly setResult: (result: ExecutionResult) => void };

/** Refuses introspection and removes suggestions from errors. Put it behind the plugin that sets how to validate. */
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
 * The executor has no switch for its suggestions about values of variables. They end its message. Errors of fields are the
 * gateway's own, and suggest nothing.
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

/** Without a regular expression: the message quotes the client, and to search a text that repeats the words could take minutes. */
function upToSuggestion(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  return at >= 0 && message.indexOf('?', at) === message.length - 1 ? message.slice(0, at) : message;
}
