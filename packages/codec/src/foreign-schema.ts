/** The text of somebody else's schema to a type, with what its logical types say, which avsc leaves to its caller. */
import avsc from 'avsc';

/** What a logical type may annotate. Elsewhere the annotation says nothing, as Avro has it. */
const annotated: Readonly<Record<string, readonly string[]>> = {
  decimal: ['bytes', 'fixed'],
  date: ['int'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
};

/** As many digits as the longest decimal that is read has; each record would be padded to its scale. */
const scaleMax = 160;

/** A type whose bytes mean something else than its plain type says. */
export class AnnotatedType extends avsc.types.LogicalType {
  readonly logicalType: string;
  /** Of a decimal: digits behind the point. */
  readonly scale: number;

  /** Throws where the annotation does not fit: avsc then takes the plain type. */
  constructor(schema: avsc.Schema, options?: unknown) {
    super(schema, options);
    const { logicalType, scale = 0 } = schema as unknown as { logicalType: string; scale?: number };
    this.logicalType = logicalType;
    this.scale = scale;
    const fits =
      Object.hasOwn(annotated, logicalType) && annotated[logicalType]!.includes(this.underlyingType.typeName);
    if (!fits || !(Number.isInteger(scale) && scale >= 0 && scale <= scaleMax)) {
      throw new Error(`${logicalType} does not fit`);
    }
  }
}

/** @param referred texts of the schemas that it names, each after those that it names itself. Throws if one is no Avro. */
export function foreignType(text: string, referred: readonly string[]): avsc.Type {
  const options = {
    // Names are shared through it.
    registry: {},
    logicalTypes: Object.fromEntries(Object.keys(annotated).map(name => [name, AnnotatedType])),
    // Branches that look alike in JavaScript are no matter: they are told apart by their index.
    wrapUnions: 'always' as const,
    omitRecordMethods: true,
  };
  const typeOf = (schema: string) => avsc.Type.forSchema(JSON.parse(schema), options);
  for (const schema of referred) typeOf(schema);
  return typeOf(text);
}
