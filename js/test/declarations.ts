// The source keeps what the declarations promise. `tsc` fails here if an export is missing or has another type.
import * as axios from '../src/axios.js';
import * as pawl from '../src/pawl.js';

export const exports: [typeof import('pawl'), typeof import('pawl/axios')] = [pawl, axios];
