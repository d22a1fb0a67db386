import { z } from 'zod';
import { knob } from '../core/knobs';
import type { Source } from '../core/plugin';
import type { BucketKnobs } from './bucket-address';

/** A name or password in front of the host, or anything in the query that does not itself ask for a listing. */
const secret =
  /^[a-z0-9+.-]+:\/\/[^/?#]*@|^[^?#]*\?(?:[^#]*&)?(?!(?:prefix|delimiter|restype|comp|list-type|max-keys|maxresults|encoding-type)(?:[=&]|$))[^&#]/i;

const opened =
  'it holds what opens the bucket, such as a SAS or a signature, which is a secret and in no recipe. Leave that out here, and give the whole address with --input on the command line, or to the page’s form for buckets: both keep it apart';

const knobs = z.strictObject({
  url: knob(
    z
      .string()
      .max(2000)
      .refine((url) => !secret.test(url), opened),
    '',
    {
      label: 'Address',
      flag: 'bucket',
      help: 's3://bucket/prefix, gs://bucket/prefix, or an https address of a bucket or container, without what opens it.',
    },
  ),
  provider: knob(z.enum(['auto', 's3', 'gcs', 'azure']), 'auto', {
    label: 'Provider',
    flag: 'bucket_provider',
    help: 'Who speaks there: Amazon’s S3 and its many kin, Google or Azure; auto reads it off the address.',
    advanced: true,
  }),
  endpoint: knob(
    z.string().regex(/^(https?:\/\/[^\s?#@]+)?$/, 'an address like https://minio.example:9000'),
    '',
    {
      label: 'Endpoint',
      flag: 'bucket_endpoint',
      help: 'Server of an s3:// address that is not Amazon’s: https://minio.example:9000.',
      advanced: true,
    },
  ),
  region: knob(z.string().regex(/^[a-z0-9-]{0,40}$/, 'a region like eu-central-1'), '', {
    label: 'Region',
    flag: 'bucket_region',
    help: 'Of an s3:// address at Amazon: eu-central-1.',
    advanced: true,
  }),
  style: knob(z.enum(['auto', 'path', 'host']), 'auto', {
    label: 'Bucket in',
    flag: 'bucket_style',
    help: 'Where an https address of S3 names the bucket: in its path, or in its host.',
    advanced: true,
  }),
  google_api: knob(z.enum(['json', 'xml']), 'json', {
    label: 'Google’s API',
    help: 'json may be read by any page; xml by those that the bucket’s CORS rules name.',
    advanced: true,
  }),
});

/**
 * The source of a bucket or container: every object below a prefix, with its size, time and ETag, and its MD5 where the provider
 * vouches for one. Folders below the prefix give labels as those of a disk do. What opens it, an Azure SAS or the query of a
 * presigned listing, is `grants.bucket.query`, and never in the recipe.
 */
export const bucket = {
  id: 'bucket',
  label: 'Bucket',
  knobs,
  async *list(wanted, grants, signal) {
    const { listBucket, pageNetwork } = await import('./list-bucket');
    yield* listBucket(wanted, grants.bucket?.query ?? '', pageNetwork(grants.proxy), signal);
  },
} satisfies Source<BucketKnobs>;
