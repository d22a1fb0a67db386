import { useId, useState } from 'react';
import { links } from '../../sources/index';
import { deriveKnobs } from '../form/derive';
import { Folded } from '../form/fields';
import { addLists, askLists, pastedList } from './pick';

/** Asks for links: pasted, or in a list that is a file. */
export function LinksForm({ done }: { readonly done: () => void }) {
  const [text, setText] = useState('');
  const id = useId();
  const load = async () => {
    const lists = await askLists();
    if (lists.length === 0) return;
    addLists(lists);
    done();
  };
  return (
    <form
      className="bucket-form"
      onSubmit={(event) => {
        event.preventDefault();
        addLists([pastedList(text)]);
        done();
      }}
    >
      <label htmlFor={id}>Links to images</label>
      <textarea
        id={id}
        className="input links-text"
        value={text}
        rows={5}
        placeholder={'https://…\nhttps://…'}
        autoComplete="off"
        spellCheck={false}
        required
        onChange={(event) => setText(event.target.value)}
      />
      <p className="note">
        One a line, or a table with a column of links. They are asked for exactly as they are, signed ones
        too, stay in this page, and are in no recipe.
      </p>
      <Folded fields={fields} />
      <div className="row">
        <button type="submit" className="button">
          Add links
        </button>
        <button type="button" className="button" onClick={load}>
          Load a list
        </button>
        <button type="button" className="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}

const fields = deriveKnobs(links.knobs, ['source', 'links']);
