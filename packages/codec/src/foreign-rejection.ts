/** Why the bytes of a foreign record give no value to map: a code for programs, sentences for people. */

export type ForeignRejectionReason =
  | 'nullValue'
  | 'tooLong'
  | 'notAvro'
  | 'unknownSchema'
  | 'undecodable'
  | 'undecodableBatch';

export interface ForeignRejection {
  readonly ok: false;
  readonly reason: ForeignRejectionReason;
  readonly message: { readonly en: string; readonly zh: string };
}

const sentences: Readonly<Record<ForeignRejectionReason, readonly [en: string, zh: string]>> = {
  nullValue: [
    'The record has no value. Tombstones say nothing that could be mapped; send an event instead',
    '该记录没有值。墓碑记录无法映射；请改为发送事件',
  ],
  tooLong: [
    'The record is larger than recordBytesMax. Send less in one record, or raise the limit in the sources file',
    '该记录超过 recordBytesMax。请减少单条记录的内容，或在来源文件中提高上限',
  ],
  notAvro: [
    'The value does not begin with a zero byte and the id of an Avro schema. Write it with the serializer of the schema registry',
    '该值未以零字节和 Avro 模式编号开头。请使用模式注册表的序列化器写入',
  ],
  unknownSchema: [
    'The schema registry does not know the schema of the value. Register it there, then replay the record',
    '模式注册表中没有该值的模式。请先注册，再重放该记录',
  ],
  undecodable: [
    'The value is not what its schema says. Check the serializer of the source, then send the record again',
    '该值与其模式不符。请检查来源的序列化器，然后重新发送该记录',
  ],
  undecodableBatch: [
    'The batch cannot be unpacked, and none of its records were read. Send them again in smaller batches',
    '无法解压该批次，其中的记录均未读取。请以较小的批次重新发送',
  ],
};

export function rejectForeign(reason: ForeignRejectionReason, detail: string | null = null): ForeignRejection {
  const [en, zh] = sentences[reason];
  const message =
    detail === null ? { en: `${en}.`, zh: `${zh}。` } : { en: `${en} (${detail}).`, zh: `${zh}（${detail}）。` };
  return { ok: false, reason, message };
}
