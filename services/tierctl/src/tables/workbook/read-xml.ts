/** XML as it streams by. No document type is expanded, so entities cannot grow; what is not well formed throws. */
import { StringDecoder } from 'node:string_decoder';
import { SaxesParser } from 'saxes';

export interface XmlVisitor {
  /** Names without their prefix; of attributes too. */
  open?(element: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(element: string): void;
}

export async function readXml(chunks: AsyncIterable<Buffer>, visitor: XmlVisitor): Promise<void> {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', tag => {
    const attributes: Record<string, string> = {};
    for (const attribute of Object.values(tag.attributes)) {
      // `id` and `r:id` may stand side by side; the one in the namespace is the reference.
      if (attribute.prefix !== '' || !(attribute.local in attributes)) attributes[attribute.local] = attribute.value;
    }
    visitor.open?.(tag.local, attributes);
  });
  parser.on('text', text => visitor.text?.(text));
  parser.on('cdata', text => visitor.text?.(text));
  parser.on('closetag', tag => visitor.close?.(tag.local));
  const decoder = new StringDecoder('utf8');
  for await (const chunk of chunks) parser.write(decoder.write(chunk));
  parser.write(decoder.end()).close();
}
