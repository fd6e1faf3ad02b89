import type { CheckpointForm } from '../checkpoint.ts';

export const checkpoint: CheckpointForm = {
  types: { gpt2: { prefix: 'transformer', tuned: 'GPT2LMHeadModel' } },
  special: { unk_token: '<|endoftext|>', bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' },
};
