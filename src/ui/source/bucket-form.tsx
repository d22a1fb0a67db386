import { useId, useState } from 'react';
import { splitAddress } from '../../core/storage-address';
import { bucket } from '../../sources/index';
import { deriveKnobs } from '../form/derive';
import { Folded } from '../form/fields';
import { useRecipe } from '../state/recipe-store';
import { useSources } from '../state/source-store';
import { useView } from '../state/view-store';

/** Asks for a bucket: its address, with or without what opens it, and rarely what the address leaves open. */
export function BucketForm({ done }: { readonly done: () => void }) {
  const [address, setAddress] = useState('');
  const id = useId();
  const submit = () => {
    // The schema of the bucket's knobs checked what the recipe holds of them.
    const knobs = useRecipe.getState().recipe.source.bucket as Readonly<Record<string, unknown>>;
    addBucket(address, knobs);
    done();
  };
  return (
    <form
      className="bucket-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id}>Address of the bucket</label>
      <input
        id={id}
        className="input"
        value={address}
        placeholder="s3://bucket/prefix or https://…"
        autoComplete="off"
        spellCheck={false}
        required
        onChange={(event) => setAddress(event.target.value)}
      />
      <p className="note">
        A public bucket, an Azure container with its SAS (to list and read), or a presigned link to a listing,
        which is good for one page of it. What opens it stays in this page and is in no recipe.
      </p>
      <Folded fields={fields.filter(({ name }) => name !== 'url')} />
      <div className="row">
        <button type="submit" className="button">
          List
        </button>
        <button type="button" className="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}

const fields = deriveKnobs(bucket.knobs, ['source', 'bucket']);

/** Adds a bucket by its address; what opens it goes into the grants, and is in no recipe. */
function addBucket(address: string, knobs: Readonly<Record<string, unknown>>): void {
  const { url, query, provider } = splitAddress(address);
  const name = url.replace(/^[a-z0-9]+:\/\//i, '').replace(/\/$/, '');
  // What was taken off may be all that tells the provider: `comp=list`, `list-type=2`.
  const told = knobs.provider === 'auto' && provider !== null ? { provider } : {};
  const grants = query === '' ? {} : { bucket: { query } };
  useSources.getState().add({ kind: 'bucket', name, grants, knobs: { ...knobs, url, ...told } });
  useView.getState().show('images');
}
