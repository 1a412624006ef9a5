/** What a person reads whose table is not taken: what is wrong, where, and how to mend it. */
import type { TableProblem, TableProblemReason } from './table.ts';

/** What the sentence of a reason tells: a name, a value, a count, a list. */
export interface Particulars {
  readonly row?: number;
  readonly found?: string | number;
  readonly expected?: string | number;
}

export function tableProblem(reason: TableProblemReason, { row, found, expected }: Particulars = {}): TableProblem {
  const [en, zh] = sentences[reason](String(found ?? ''), String(expected ?? ''));
  return { reason, row: row ?? null, message: { en, zh } };
}

export function notTaken(reason: TableProblemReason, particulars: Particulars = {}) {
  return { ok: false, problems: [tableProblem(reason, particulars)] } as const;
}

const sentences: Record<TableProblemReason, (found: string, expected: string) => readonly [en: string, zh: string]> = {
  tooLarge: (found, expected) => [
    `The file has ${found} bytes; ${expected} are allowed. Split it.`,
    `文件有 ${found} 字节，最多允许 ${expected} 字节。请拆分文件。`,
  ],
  empty: () => ['The file is empty. Export the table again.', '文件为空。请重新导出表格。'],
  notUtf8: () => [
    'The text is not UTF-8. Save it as "CSV UTF-8" (in Excel: Save as), or convert it: iconv -f GBK -t UTF-8.',
    '文本不是 UTF-8 编码。请另存为“CSV UTF-8”（Excel：另存为），或转换：iconv -f GBK -t UTF-8。',
  ],
  notCsv: () => [
    'This is an Excel workbook, not a CSV file. Use a source of format xlsx for it.',
    '这是 Excel 工作簿，不是 CSV 文件。请使用 format 为 xlsx 的来源。',
  ],
  badQuotes: () => [
    'A quote is left open, or stands within a field. Put a field that holds quotes in quotes, and double those within.',
    '引号没有闭合，或出现在字段中间。含引号的字段须整体加引号，其中的引号写两次。',
  ],
  otherDelimiter: (found, expected) => [
    `The header is one column, split by nothing: fields are parted by ${found}, not by ${expected}. Say so in the sources file: delimiter: ${found}.`,
    `表头只有一列：字段分隔符是 ${found}，不是 ${expected}。请在来源文件中写明 delimiter: ${found}。`,
  ],
  notXlsx: () => [
    'This is not an Excel workbook (.xlsx). Save it as one, or use a source of format csv for a CSV file.',
    '这不是 Excel 工作簿（.xlsx）。请另存为 .xlsx，CSV 文件请使用 format 为 csv 的来源。',
  ],
  oldOrEncrypted: () => [
    'This is an old .xls workbook, or one with a password. Save it as .xlsx without a password.',
    '这是旧版 .xls 工作簿或带密码的工作簿。请另存为不带密码的 .xlsx。',
  ],
  damaged: found => [
    `The workbook is damaged: ${found}. Open it in Excel and save it again.`,
    `工作簿已损坏：${found}。请用 Excel 打开并重新保存。`,
  ],
  tooLargeUnzipped: (found, expected) => [
    `The workbook unpacks to ${found} bytes; ${expected} are allowed. Keep only the sheet that is needed, or save it as CSV.`,
    `工作簿解压后有 ${found} 字节，最多允许 ${expected} 字节。请只保留需要的工作表，或另存为 CSV。`,
  ],
  unknownSheet: (found, expected) => [
    `There is no sheet ${found}. Its sheets are ${expected}. Name one of them in the sources file.`,
    `没有名为 ${found} 的工作表。现有工作表：${expected}。请在来源文件中写其中之一。`,
  ],
  noRows: () => [
    'The table has a header and no rows. Export it again with its rows.',
    '表格只有表头，没有数据行。请连同数据重新导出。',
  ],
  emptyHeader: found => [
    `Column ${found} has values and no name. The first row that is not empty must name every column: delete titles above it, or name the column.`,
    `${found} 列有数据但没有列名。第一个非空行须为每一列命名：请删除其上方的标题行，或补上列名。`,
  ],
  duplicateHeader: found => [
    `Two columns are called ${found}. Rename or delete one of them.`,
    `有两列都叫 ${found}。请重命名或删除其中一列。`,
  ],
  badHeader: found => [
    `A column is called ${found}, which is not allowed. Give it another name.`,
    `列名 ${found} 不被允许。请换一个名称。`,
  ],
  ragged: (found, expected) => [
    `The row has ${found} fields, the header ${expected}. Check delimiters and quotes in it.`,
    `该行有 ${found} 个字段，表头有 ${expected} 个。请检查该行的分隔符和引号。`,
  ],
  tooManyColumns: (found, expected) => [
    `The table has ${found} columns; ${expected} are allowed. Delete those that are not needed.`,
    `表格有 ${found} 列，最多允许 ${expected} 列。请删除不需要的列。`,
  ],
};
