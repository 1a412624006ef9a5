/**
 * The policy document's shape as a check, and with its descriptions as help in an editor. What the shape cannot say (names,
 * windows, which fields go together) is found by compilePolicy.
 */
import {
  type ConditionsDocument,
  classifiers,
  factOps,
  measureSubjects,
  type PolicyDocument,
  type RfmAxisDocument,
} from '@tierflow/customer/policy-document';
import { limits } from '@tierflow/customer/policy-report';
import * as z from 'zod';

/** A condition is a name, an operator and a value. */
const conditionLengthMax = 2048;

const text = z.string().min(1);
const localizedText = z
  .strictObject({
    en: text.describe('In English.'),
    zh: text.optional().describe('In Chinese; English is shown where there is none.'),
  })
  .meta({ description: 'Text for people, in one or two languages.', examples: [{ en: 'Gold', zh: '黄金' }] });
/** How far numbers may go is said by compilePolicy; editors are told as well. */
const days = z.int().meta({ minimum: 0, maximum: limits.days });

/**
 * A decimal counts as it is written: parsePolicy hands it over as text, also where the file has it without quotes, because
 * a float would lose digits.
 */
export const decimal = z.string();

const condition = z
  .string()
  .max(conditionLengthMax)
  .meta({
    description: 'A measure, an operator (>= > <= < == != in contains) and a value.',
    examples: ['spend365 >= 5000.00', 'region in ["north", "east"]', 'isPartner == true', 'needs contains "price"'],
  });
const conditionList = z.array(z.union([condition, z.lazy(() => conditions)])).min(1);
const group = z.strictObject({
  all: conditionList.optional().describe('Every one of them must hold.'),
  any: conditionList.optional().describe('One of them is enough.'),
});
const conditions: z.ZodType<ConditionsDocument> = group
  .refine(({ all, any }) => (all === undefined) !== (any === undefined), {
    message: 'Conditions are joined by exactly one of all and any.',
    params: { remedy: 'Write all: where every condition must hold, any: where one is enough.' },
  })
  .meta({
    id: 'conditions',
    description: 'Conditions and groups of conditions. One on a measure without a value does not hold.',
    minProperties: 1,
    maxProperties: 1,
  }) as unknown as z.ZodType<ConditionsDocument>;

const measureName = z.string().describe('Name of a measure.');
const digits = z.int().optional().describe('Decimals of a number, 0 to 6; 2 where it is not said.');
const title = localizedText.optional();
const cuts = z.array(decimal);

const factMeasure = z.strictObject({
  op: z.enum(factOps).describe('What is taken of the facts.'),
  of: z.enum(measureSubjects).describe('The facts, or a number of theirs.'),
  kind: z.string().min(1).max(64).optional().describe('Interactions of one kind only, such as call.'),
  window: z
    .string()
    .optional()
    .meta({
      description: 'The days that count, up to the day of evaluation; lifetime where it is not said.',
      examples: ['P365D', 'calendarMonth', 'calendarYear', 'anniversary', 'previous calendarYear', 'lifetime'],
    }),
  topics: z.int().optional().describe('Of topTopics: how many; 3 where it is not said.'),
  title,
});

const attributeMeasure = z.strictObject({
  op: z.literal('attribute'),
  attribute: z.string().describe('Name of an attribute of the customer’s profile.'),
  type: z.enum(['number', 'text', 'flag']).describe('An attribute of another type counts as missing.'),
  digits,
  title,
});

const expressionMeasure = z.strictObject({
  op: z.literal('expression'),
  expression: z.string().meta({
    description: 'A CEL expression over other measures, in the unit that people write.',
    examples: ['margin365 - serviceCost365', 'answers == 0 ? 0 : 100 * complaints / answers'],
  }),
  unit: z.enum(['money', 'count', 'percent', 'number', 'text', 'flag']).describe('What the result is.'),
  digits,
  title,
});

const scoreMeasure = z.strictObject({
  op: z.literal('score'),
  measure: measureName,
  better: z.enum(['more', 'less']).describe('less: a lower value has a higher score, as with days since a purchase.'),
  cuts: cuts.describe('1 + how many of them are reached is the score; each is harder to reach than the one before.'),
  title,
});

const measure = z.discriminatedUnion('op', [factMeasure, attributeMeasure, expressionMeasure, scoreMeasure]);

const instruction = z
  .strictObject({ en: text.max(limits.textLength), zh: text.max(limits.textLength).optional() })
  .optional();

const playbook = z.strictObject({ marketing: instruction, sales: instruction, service: instruction });

const tier = z.strictObject({
  tier: z.string().describe('Name of the tier.'),
  title,
  when: conditions.optional(),
  from: decimal
    .optional()
    .describe('by: scorecard. The least score, 0 to 100. by: pyramid. The least value while there are few customers.'),
  share: decimal.optional().meta({
    description: 'by: pyramid. The own share of the ranked customers in per cent, the top tier first.',
    examples: ['1', '4', '15', '80'],
  }),
  at: z
    .array(z.string())
    .optional()
    .meta({
      description: 'by: matrix. The levels of value and potential, each one or any.',
      minItems: 2,
      maxItems: 2,
      examples: [['high', 'any']],
    }),
  dwellDays: days.optional().describe('by: exit. Days after which the next stage may follow; the last one has none.'),
  reviewDays: days.optional().describe('by: exit. Days after which somebody is to look at it.'),
  playbook: playbook.optional().describe('What is done with a customer of the tier. It travels in the change record.'),
  playbookCost: decimal.optional().meta({
    description: 'What the playbook costs a year for one customer, in the base currency; what-if adds it up.',
    examples: ['120.00'],
  }),
});

const approaching = z.strictObject({
  withinPercent: z
    .int()
    .optional()
    .describe('Of the span between the thresholds, so much at most is missing; 10 where it is not said.'),
  coolDownDays: days.optional().describe('Not told again before; 7 where it is not said.'),
});

const warnings = z
  .strictObject({
    expiringDays: z
      .array(z.int().meta({ minimum: 1, maximum: limits.expiringDaysAhead }))
      .optional()
      .meta({ description: 'So many days before a tier is lost by time alone.', examples: [[30, 7, 1]] }),
    approaching: approaching.optional().describe('The next tier is near.'),
  })
  .describe('What customers are warned of, by records of their own.');

const scorecardLine = z.strictObject({
  when: z
    .string()
    .max(conditionLengthMax)
    .meta({ description: 'An operator and a value.', examples: ['>= 1000.00', '== "high"'] }),
  points: z.int().meta({ minimum: 0, maximum: 100 }),
});

const scorecardPart = z.strictObject({
  measure: measureName,
  weight: z.int().meta({ description: 'The score is the mean of the parts’ points, weighted by it.', minimum: 1 }),
  points: z.array(scorecardLine).describe('The last line that fits counts; where none does, there are no points.'),
});

const matrixAxis = z.strictObject({
  measure: measureName,
  levels: z.array(z.string()).meta({ description: 'From the lowest.', examples: [['low', 'high']] }),
  cuts: cuts.describe('Between two levels: the value from which on it is the higher one.'),
});

const rfmAxisFields = z.strictObject({
  measure: measureName,
  mean: decimal.optional().describe('High is what is no worse than this.'),
  cuts: cuts.optional().describe('Four, in the order in which they are harder to reach: they make the scores 1 to 5.'),
  highFrom: z.int().optional().describe('With cuts: the least score that is high, 2 to 5.'),
});
const rfmAxis: z.ZodType<RfmAxisDocument> = rfmAxisFields
  .refine(
    ({ mean, cuts, highFrom }) =>
      (mean === undefined) !== (cuts === undefined) && (cuts === undefined) === (highFrom === undefined),
    {
      message: 'An axis is measured against either a mean, or cuts with highFrom.',
      params: { remedy: 'Write mean: 4.16, or cuts: [2, 3, 4, 6] and highFrom: 4.' },
    },
  )
  .meta({
    id: 'rfmAxis',
    description: 'What is high and what is low: against a mean, or by the scores that four cuts make.',
    oneOf: [{ required: ['mean'] }, { required: ['cuts', 'highFrom'] }],
  }) as unknown as z.ZodType<RfmAxisDocument>;

const axes = z.strictObject({ value: matrixAxis, potential: matrixAxis });

const rfm = z.strictObject({ recency: rfmAxis, frequency: rfmAxis, monetary: rfmAxis });

const pyramid = z.strictObject({ measure: measureName });

const population = z.strictObject({
  among: conditions.optional().describe('Who is ranked; whoever has a value where it is not said.'),
  scores: z
    .enum(['ties', 'type7'])
    .optional()
    .describe('by: rfm. How the four cuts of an axis are found: equal values share a score (ties), or by quantiles.'),
  deadBandPercent: z
    .int()
    .optional()
    .describe('Cuts stay until one has moved by more than this; 1 where it is not said.'),
  minCustomers: z.int().optional().describe('With fewer ranked the written cuts hold; 500 where it is not said.'),
  minDays: days.optional().describe('On a shorter history the written cuts hold; 180 where it is not said.'),
});

const exit = z.strictObject({
  when: conditions.describe('Who is to go.'),
  vetoes: z.array(condition).optional().describe('While one of them holds, nobody goes a stage further.'),
  reentry: conditions.optional().describe('Who comes back; where it is not said, whoever is not to go any more.'),
});

const program = z.strictObject({
  kind: z.enum(['ladder', 'segment']).describe('ladder: ranked, the highest tier first. segment: unranked.'),
  by: z.enum(classifiers).optional().describe('How a tier is found; thresholds where it is not said.'),
  title,
  tiers: z
    .array(tier)
    .optional()
    .describe('In order of precedence. The last one of a ladder has no condition. May be left out with by: rfm.'),
  demote: z.enum(['now', 'atExpiry']).optional().describe('When a ladder demotes; now where it is not said.'),
  depth: z.enum(['fit', 'oneLevel']).optional().describe('How far a customer falls; fit where it is not said.'),
  graceDays: days.optional().describe('The tier is kept for so many days more.'),
  minTenureDays: days.optional().describe('Nobody falls before so many days in the tier.'),
  confirmDays: days.optional().describe('Nobody falls before the numbers were below for so many days; 1: at once.'),
  hysteresisPercent: z.int().optional().describe('A tier is kept while its thresholds, eased by so much, are met.'),
  validity: z
    .string()
    .optional()
    .meta({
      description: 'With demote: atExpiry, how long a tier is good for.',
      examples: ['P365D', 'calendarYear', 'anniversary'],
    }),
  refunds: z
    .enum(['unearned', 'immediate', 'atExpiry'])
    .optional()
    .describe('When a refund demotes; unearned, where the tier would never have been reached with it.'),
  warnings: warnings.optional(),
  scorecard: z.array(scorecardPart).optional().describe('by: scorecard. The weighted parts of the score.'),
  axes: axes.optional().describe('by: matrix. Its two axes.'),
  rfm: rfm.optional().describe('by: rfm. Each axis is high or low; they make the tiers rfm.111 to rfm.000.'),
  pyramid: pyramid.optional().describe('by: pyramid. The measure that ranks its customers, most first.'),
  population: population
    .optional()
    .describe('by: pyramid, rfm. The cuts follow the customers; what is written holds while there are too few.'),
  exit: exit.optional().describe('by: exit. Who is to go, who is not, and who comes back.'),
});

const policy = z.strictObject({
  policy: z.string().meta({ description: 'Name of the policy line.', examples: ['retail-ladder'] }),
  version: z.int().meta({ description: 'Counts up from 1 with every published change.', minimum: 1 }),
  title,
  measures: z.record(z.string(), measure).describe('One number, text or flag about one customer each, by name.'),
  programs: z.record(z.string(), program).describe('Each gives every customer one standing.'),
});

export const policySchema = policy as unknown as z.ZodType<PolicyDocument>;

const fieldsOf = ({ shape }: z.ZodObject): readonly string[] => Object.keys(shape);

/** What each part of the document may have, in the order in which it is told of. */
export const policyFields = {
  policy: fieldsOf(policy),
  localizedText: fieldsOf(localizedText),
  playbook: fieldsOf(playbook),
  factMeasure: fieldsOf(factMeasure),
  attributeMeasure: fieldsOf(attributeMeasure),
  expressionMeasure: fieldsOf(expressionMeasure),
  scoreMeasure: fieldsOf(scoreMeasure),
  program: fieldsOf(program),
  warnings: fieldsOf(warnings),
  approaching: fieldsOf(approaching),
  scorecardPart: fieldsOf(scorecardPart),
  scorecardLine: fieldsOf(scorecardLine),
  axes: fieldsOf(axes),
  matrixAxis: fieldsOf(matrixAxis),
  rfm: fieldsOf(rfm),
  rfmAxis: fieldsOf(rfmAxisFields),
  pyramid: fieldsOf(pyramid),
  population: fieldsOf(population),
  exit: fieldsOf(exit),
  tier: fieldsOf(tier),
  conditions: fieldsOf(group),
} as const;
