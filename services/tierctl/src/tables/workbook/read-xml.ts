/** XML as it streams by. No document type is expanded, so entities cannot grow; what is not well formed throws. */
import { StringDecoder } from 'node:string_decoder';
import { SaxesParser } from 'saxes';

export interface XmlVisitor {
  /** Names without their prefix; of attributes too. */
  open?(element: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(element: string): void;
}

/** A workbook's parts are some ten deep. What a prefix means is looked for in every element around it. */
const depthMax = 256;

export async function readXml(chunks: AsyncIterable<Buffer>, visitor: XmlVisitor): Promise<void> {
  const parser = new SaxesParser({ xmlns: true });
  let depth = 0;
  parser.on('opentag', tag => {
    if (++depth > depthMax) throw new Error(`it is nested deeper than ${depthMax} levels`);
    const attributes: Record<string, string> = Object.create(null);
    for (const attribute of Object.values(tag.attributes)) {
      // `id` and `r:id` may stand side by side; the one in the namespace is the reference.
      if (attribute.prefix !== '' || !(attribute.local in attributes)) attributes[attribute.local] = attribute.value;
    }
    visitor.open?.(tag.local, attributes);
  });
  parser.on('text', text => visitor.text?.(text));
  parser.on('cdata', text => visitor.text?.(text));
  parser.on('closetag', tag => {
    depth--;
    visitor.close?.(tag.local);
  });
  const decoder = new StringDecoder('utf8');
  for await (const chunk of chunks) parser.write(decoder.write(chunk));
  parser.write(decoder.end()).close();
}
