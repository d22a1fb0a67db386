import { CorsRuleList } from '../parts/cors-rule-list';

/** Says why a bucket cannot be listed, with the rules that would let it, each to be copied as it is. */
export function BucketTrouble({ message }: { readonly message: string }) {
  const { sentence, rules } = readTrouble(message);
  return (
    <>
      <small className="bad" role="alert">
        {sentence}
      </small>
      <CorsRuleList rules={rules} />
    </>
  );
}

/** A message's sentence, and behind it paragraphs of a title, a colon and what is to be pasted. */
function readTrouble(message: string) {
  const [sentence = '', ...paragraphs] = message.split('\n\n');
  const rules = paragraphs.map((paragraph) => {
    const end = paragraph.indexOf(':\n');
    return { title: paragraph.slice(0, end), text: paragraph.slice(end + 2) };
  });
  return { sentence, rules };
}
