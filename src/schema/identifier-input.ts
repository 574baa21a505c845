/**
 * The input object that identifies a customer, and its enums.
 */
import type { IdentifierInput } from '../ledger/arguments/customer-identifier.ts';
import { builder, describedValues } from './builder.ts';

const IdentifierName = builder.enumType('IdentifierName', {
  description: 'The kinds of identifier by which a customer can be named.',
  values: describedValues<IdentifierInput['name']>({
    MOBILE: 'A mobile phone number as registered, usually with country code and without a plus sign.',
    EMAIL: 'An e-mail address as registered.',
    EXTERNAL_ID: "The customer's id in another system, as that system gave it.",
    CARD_NUMBER: 'The number printed on a loyalty card.',
    CARD_EXTERNAL_ID: "A loyalty card's id in another system.",
    ID: "The programme's own numeric id of the customer: `Customer.userId`.",
  }),
});

const CustomerSource = builder.enumType('CustomerSource', {
  description: 'The channels through which a customer can be registered.',
  values: describedValues<NonNullable<IdentifierInput['source']>>({
    INSTORE: 'Registered in a shop. By far the most common.',
    MARTJACK: 'Registered through the MartJack web shop.',
    WECHAT: 'Registered through WeChat.',
    FACEBOOK: 'Registered through Facebook.',
    WEB_ENGAGE: 'Registered through WebEngage.',
    TMALL: 'Registered through Tmall.',
    TAOBAO: 'Registered through Taobao.',
    JD: 'Registered through JD.',
    ECOMMERCE: 'Registered through a web shop.',
    WEBSITE: 'Registered through a website.',
    LINE: 'Registered through LINE.',
    ALL: 'Registered anywhere: all channels are searched.',
  }),
});

/** The argument that names one customer. */
export const CustomerIdentifierInput = builder.inputType('CustomerIdentifierInput', {
  description: 'Names one customer.',
  fields: (t) => ({
    name: t.field({
      type: IdentifierName,
      required: true,
      description: 'Which kind of identifier `value` is.',
    }),
    value: t.string({
      required: true,
      description: 'The identifier itself, exactly as registered. Not empty, at most 1000 characters.',
    }),
    source: t.field({
      type: CustomerSource,
      defaultValue: 'INSTORE',
      description: 'The channel through which the identifier is registered. Null is the default.',
    }),
    accountId: t.id({
      description: 'The account in which the identifier is registered, for channels that have several.',
    }),
  }),
});
