/** What a file picker offers, as in `<input accept>`: pictures, tables, texts, and archives of pictures. */
export const ACCEPTED = 'image/*,.zip,.csv,.tsv,.tab,.xlsx,.xlsm,.jsonl,.ndjson,.json,.parquet,.txt,.text,.md';
