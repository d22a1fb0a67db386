import type { Registry } from '../core/plugin';
import { arrow } from './arrow';
import { csv } from './csv';
import { hdf5 } from './hdf5';
import { imagefolder } from './imagefolder';
import { images } from './images';
import { json } from './json';
import { jsonl } from './jsonl';
import { npy } from './npy';
import { npz } from './npz';
import { parquet } from './parquet';
import { tfrecord } from './tfrecord';
import { webdataset } from './webdataset';

/** Every format that can be written. */
export const formats: Registry['formats'] = [
  npy, npz, csv, jsonl, json, parquet, arrow, tfrecord, hdf5, webdataset, imagefolder, images,
]; // biome-ignore format: a list
