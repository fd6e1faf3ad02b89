/** How checkpoints that Hugging Face `transformers` saved are taken for an architecture. */
export interface CheckpointForm {
  /** By `model_type` of `config.json`. */
  types: Readonly<Record<string, CheckpointType>>;
  /** Special tokens that tokenizers of the family have where their files name none, as in `tokenizer_config.json`. */
  special: Readonly<Record<string, string>>;
  /** Where such a checkpoint may bring a head of its own. */
  head?: CheckpointHead;
}

export interface CheckpointType {
  /** What classes with a head put before the names of the network's own weights; those without leave it away. */
  prefix: string;
  /** The class of `transformers` that takes what is tuned of it. */
  tuned: string;
}

export interface CheckpointHead {
  /** What the names of the classes that have it end in. */
  suffix: string;
  /** The weight with a row for each label. */
  output: string;
  /** Fields of `config.json` that say so, where the file does not say otherwise. */
  config: Readonly<Record<string, unknown>>;
}
