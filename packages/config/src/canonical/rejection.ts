/**
 * Why a line or a record is not accepted, as a value: a closed set of reasons, the field where there is one, and a sentence in
 * English and in Chinese that names field and value and says what to do. The reasons are counted and alerted on, the
 * sentences are what the person reads who can mend the source.
 */
import { nearestName } from '@tierflow/customer/nearest-name';

export type CanonicalRejection =
  | 'notUtf8'
  | 'notJson'
  | 'tooLong'
  | 'tooDeep'
  | 'notAnObject'
  | 'unknownType'
  | 'missingField'
  | 'unknownField'
  | 'forbiddenKey'
  | 'wrongType'
  | 'notAnId'
  | 'badText'
  | 'badChoice'
  | 'badTime'
  | 'noOffset'
  | 'inFuture'
  | 'badDate'
  | 'badAmount'
  | 'amountNotPositive'
  | 'amountRoundsToZero'
  | 'amountTooLarge'
  | 'unknownCurrency'
  | 'currencyWithoutRate'
  | 'badScore'
  | 'badNumber'
  | 'negativeValue'
  | 'tooManyAttributes';

/** What can be wrong besides where a mapping makes events of a foreign record. */
export type MappingRejection = 'unmappedValue' | 'keyDiffers' | 'notAList' | 'tooManyParts' | 'mappingFailed';

export type RejectionReason = CanonicalRejection | MappingRejection;

export interface Rejected<Reason extends RejectionReason = CanonicalRejection> {
  readonly ok: false;
  readonly reason: Reason;
  readonly field: string | null;
  readonly message: { readonly en: string; readonly zh: string };
}

export interface Particulars {
  readonly field?: string | undefined;
  readonly value?: unknown;
  /** A limit, a type, a currency: what the sentence of the reason asks for. */
  readonly expected?: string | number | undefined;
  /** Names that would have been right. */
  readonly known?: readonly string[] | undefined;
}

export function reject<Reason extends RejectionReason>(
  reason: Reason,
  particulars: Particulars = {},
): Rejected<Reason> {
  const terms: Terms = {
    field: particulars.field ?? '',
    value: show(particulars.value),
    expected: String(particulars.expected ?? ''),
    known: shorten(particulars.known ?? []),
    // A search through all names, which most sentences do not ask for.
    get meant() {
      const { value, field, known } = particulars;
      return known ? nearestName(String(value ?? field), known) : null;
    },
  };
  return { ok: false, reason, field: particulars.field ?? null, message: sentences[reason](terms) };
}

const shownLengthMax = 60;
const namesShownMax = 50;

function shorten(names: readonly string[]): readonly string[] {
  return names.length > namesShownMax ? [...names.slice(0, namesShownMax), '…'] : names;
}

/** By the object: each of a thousand parts may be refused for the same megabyte that they share. */
const shownObjects = new WeakMap<object, string>();

/** Values come from outside and end up in messages: as JSON text nothing in them can break out, and they stay short. */
function show(value: unknown): string {
  // Of a long text the rest would be written only to be cut off.
  if (typeof value === 'string') return showJson(value.slice(0, shownLengthMax + 1));
  if (typeof value !== 'object' || value === null) return showJson(value);
  let shown = shownObjects.get(value);
  if (shown === undefined) {
    shown = showJson(value);
    shownObjects.set(value, shown);
  }
  return shown;
}

function showJson(value: unknown): string {
  const text = JSON.stringify(value, showNumber) ?? 'nothing';
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax - 1).toWellFormed()}…` : text;
}

/** Numbers that JSON does not have: 1e400 is read as Infinity, and Avro has integers beyond 2^53. */
function showNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
}

interface Terms {
  readonly field: string;
  readonly value: string;
  readonly expected: string;
  readonly known: readonly string[];
  readonly meant: string | null;
}

const typesInChinese: Record<string, string> = {
  string: '字符串',
  number: '数字',
  boolean: '布尔值（true 或 false）',
  object: '对象',
  scalar: '字符串、数字、布尔值或 null',
  calibratedPrograms: '校准分界的程序列表',
  calibratedRankings: '校准排名的列表',
};

const sentences: Record<RejectionReason, (terms: Terms) => { en: string; zh: string }> = {
  notUtf8: () => ({
    en: 'The text is not valid UTF-8. Save or send it as UTF-8.',
    zh: '文本不是有效的 UTF-8。请以 UTF-8 编码保存或发送。',
  }),
  notJson: ({ value, expected }) => ({
    en: `The text is not JSON: ${expected}. It begins ${value}. Send one JSON object, complete and alone.`,
    zh: `文本不是 JSON：${expected}。开头为 ${value}。请只发送一个完整的 JSON 对象。`,
  }),
  tooLong: ({ value, expected }) => ({
    en: `The text has ${value} bytes; ${expected} are allowed. Send less at once.`,
    zh: `文本有 ${value} 字节，最多允许 ${expected} 字节。请减少一次发送的内容。`,
  }),
  tooDeep: ({ expected }) => ({
    en: `The text is nested deeper than ${expected} levels. Take the nesting out.`,
    zh: `文本嵌套超过 ${expected} 层。请去掉嵌套。`,
  }),
  notAnObject: ({ value }) => ({
    en: `The text is ${value}, not a JSON object. Send fields in braces, like {"name": "value"}.`,
    zh: `文本是 ${value}，不是 JSON 对象。请用花括号发送字段，例如 {"name": "value"}。`,
  }),
  unknownType: ({ value, known, meant }) => ({
    en: `Type ${value} is not known.${meant ? ` Did you mean ${meant}?` : ''} Use one of ${known.join(', ')}.`,
    zh: `未知的事件类型 ${value}。${meant ? `是否想写 ${meant}？` : ''}请使用以下之一：${known.join('、')}。`,
  }),
  missingField: ({ field }) => ({
    en: `Field ${field} is missing. Add it.`,
    zh: `缺少字段 ${field}。请补上。`,
  }),
  unknownField: ({ field, known, meant }) => ({
    en: `Field ${show(field)} is not known here. ${meant ? `Did you mean ${meant}?` : `Remove it; known are ${known.join(', ')}.`}`,
    zh: `此处没有字段 ${show(field)}。${meant ? `是否想写 ${meant}？` : `请删除；可用字段：${known.join('、')}。`}`,
  }),
  forbiddenKey: ({ field }) => ({
    en: `Key ${field} is not allowed anywhere. Give the field another name.`,
    zh: `任何位置都不允许使用键 ${field}。请换一个名称。`,
  }),
  wrongType: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}; it must be a ${expected}. ${expected === 'string' ? 'Write it in quotes.' : 'Change its type.'}`,
    zh: `字段 ${field} 的值为 ${value}，应为${typesInChinese[expected] ?? expected}。${expected === 'string' ? '请加上引号。' : '请更改其类型。'}`,
  }),
  notAnId: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}; an id has 1 to ${expected} characters, no control characters and no broken surrogates. Send the id of the source system.`,
    zh: `字段 ${field} 的值为 ${value}；标识须为 1 到 ${expected} 个字符，且不含控制字符和残缺的代理项。请发送源系统的标识。`,
  }),
  badText: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}; text has 1 to ${expected} printable characters. Shorten or clean it, or leave the field out.`,
    zh: `字段 ${field} 的值为 ${value}；文本须为 1 到 ${expected} 个可打印字符。请缩短或清理，或省略该字段。`,
  }),
  badChoice: ({ field, value, known, meant }) => ({
    en: `Field ${field} is ${value}.${meant ? ` Did you mean ${meant}?` : ''} Use one of ${known.join(', ')}.`,
    zh: `字段 ${field} 的值为 ${value}。${meant ? `是否想写 ${meant}？` : ''}请使用以下之一：${known.join('、')}。`,
  }),
  badTime: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}, not a time of the years 1970 to 2200 ${expected === '' ? 'by RFC 3339. Write it like 2024-05-31T18:30:00+02:00.' : `as ${expected}. Check value and unit.`}`,
    zh: `字段 ${field} 的值为 ${value}，不是 1970 至 2200 年间${expected === '' ? '符合 RFC 3339 的时间。请写成 2024-05-31T18:30:00+02:00 的形式。' : `以 ${expected} 表示的时间。请检查该值及其单位。`}`,
  }),
  noOffset: ({ field, value }) => ({
    en: `Field ${field} is ${value} and says no offset, so its day is unknown. Add Z or an offset such as +02:00, or state the zone where the source is declared.`,
    zh: `字段 ${field} 的值为 ${value}，没有时区偏移，无法确定日期。请加上 Z 或偏移，例如 +08:00，或在声明该来源处写明时区。`,
  }),
  inFuture: ({ field, value }) => ({
    en: `Field ${field} is ${value}, more than a day ahead of now. Check the source's clock and its time zone.`,
    zh: `字段 ${field} 的值为 ${value}，比当前时间晚一天以上。请检查源系统的时钟和时区。`,
  }),
  badDate: ({ field, value }) => ({
    en: `Field ${field} is ${value}, not a date of the years 1970 to 2200. Write it like 2024-05-31.`,
    zh: `字段 ${field} 的值为 ${value}，不是 1970 至 2200 年间的日期。请写成 2024-05-31 的形式。`,
  }),
  badAmount: ({ field, value }) => ({
    en: `Field ${field} is ${value}, not a plain decimal. Write digits and at most one point, like "1234.50": no exponent, no sign +, no thousands separators.`,
    zh: `字段 ${field} 的值为 ${value}，不是普通的十进制数。请只写数字和至多一个小数点，例如 "1234.50"：不用指数、正号或千位分隔符。`,
  }),
  amountNotPositive: ({ field, value }) => ({
    en: `Field ${field} is ${value}; it must be greater than zero. Money given back is an event of type refund with a positive amount.`,
    zh: `字段 ${field} 的值为 ${value}，必须大于零。退款请使用 refund 类型的事件，金额为正数。`,
  }),
  amountRoundsToZero: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}, less than half of the smallest unit of ${expected}. Send amounts that can be paid.`,
    zh: `字段 ${field} 的值为 ${value}，小于 ${expected} 最小单位的一半。请发送可支付的金额。`,
  }),
  amountTooLarge: ({ field, value }) => ({
    en: `Field ${field} is ${value}, more than 2^53 - 2 minor units. Check the source's unit and currency.`,
    zh: `字段 ${field} 的值为 ${value}，超过 2^53 - 2 个最小货币单位。请检查源系统的单位和币种。`,
  }),
  unknownCurrency: ({ field, value }) => ({
    en: `Field ${field} is ${value}, not a currency of ISO 4217. Write its three capitals, like GBP.`,
    zh: `字段 ${field} 的值为 ${value}，不是 ISO 4217 币种。请写三个大写字母，例如 CNY。`,
  }),
  currencyWithoutRate: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}, and there is no rate from it to ${expected} on that day. Send the amount in ${expected}, or state the rate where the source is declared.`,
    zh: `字段 ${field} 的值为 ${value}，没有它当日兑 ${expected} 的汇率。请以 ${expected} 发送金额，或在声明该来源处写明汇率。`,
  }),
  badScore: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}; it must be ${expected}, with at most 2 decimals. Send score and scale as the survey has them.`,
    zh: `字段 ${field} 的值为 ${value}；要求 ${expected}，且最多两位小数。请按问卷原样发送 score 和 scale。`,
  }),
  badNumber: ({ field, value, expected }) => ({
    en: `Field ${field} is ${value}; it must be ${expected}. Round it or check the source's unit.`,
    zh: `字段 ${field} 的值为 ${value}；要求 ${expected}。请取整或检查源系统的单位。`,
  }),
  negativeValue: ({ field, value }) => ({
    en: `Field ${field} is ${value}; it cannot be less than zero. Check the sign.`,
    zh: `字段 ${field} 的值为 ${value}，不能小于零。请检查正负号。`,
  }),
  tooManyAttributes: ({ field, value, expected }) => ({
    en: `Field ${field} has ${value} keys; ${expected} are allowed. Send only what measures use.`,
    zh: `字段 ${field} 有 ${value} 个键，最多允许 ${expected} 个。请只发送度量需要的属性。`,
  }),
  unmappedValue: ({ field, value, known }) => ({
    en: `Field ${field} is ${value}, which the map does not name. Add it there or give otherwise; named are ${known.join(', ')}.`,
    zh: `字段 ${field} 的值为 ${value}，映射表 map 中没有它。请补充映射或给出 otherwise；已有：${known.join('、')}。`,
  }),
  keyDiffers: ({ value, expected }) => ({
    en: `The key of the record is ${value}, and its customerId is ${expected}. Send each record with its customer as the key, or take key: out of the source's declaration.`,
    zh: `记录的键为 ${value}，而其 customerId 为 ${expected}。请以客户标识作为记录的键，或从来源声明中删除 key。`,
  }),
  notAList: ({ field, value }) => ({
    en: `Field ${field} is ${value}, not a list. Send a list, empty where there is nothing.`,
    zh: `字段 ${field} 的值为 ${value}，不是列表。请发送列表，没有内容时发送空列表。`,
  }),
  tooManyParts: ({ field, value, expected }) => ({
    en: `Field ${field} has ${value} elements; ${expected} are allowed. Send several records.`,
    zh: `字段 ${field} 有 ${value} 个元素，最多允许 ${expected} 个。请分成多条记录发送。`,
  }),
  mappingFailed: ({ value }) => ({
    en: `The mapping failed on this record: ${value}. This is a defect of tierflow: report it, and replay the record after an upgrade.`,
    zh: `映射该记录时出错：${value}。这是 tierflow 的缺陷：请报告，并在升级后重放该记录。`,
  }),
};
