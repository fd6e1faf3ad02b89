import type { CheckpointForm } from '../checkpoint.ts';

export const checkpoint: CheckpointForm = {
  types: {
    bert: { prefix: 'bert', tuned: 'BertForSequenceClassification' },
    distilbert: { prefix: 'distilbert', tuned: 'DistilBertForSequenceClassification' },
  },
  special: {
    unk_token: '[UNK]',
    sep_token: '[SEP]',
    pad_token: '[PAD]',
    cls_token: '[CLS]',
    mask_token: '[MASK]',
  },
  head: { suffix: 'ForSequenceClassification', output: 'classifier.weight', config: { classifier_pooling: 'cls' } },
};
