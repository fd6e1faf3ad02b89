/** What is known of the shipped models' own data, which a tuned model keeps; their cards say more. */
const OF_BASE: Readonly<Record<string, readonly string[]>> = {
  'efficientnet-lite0': [
    'The base model learned from ImageNet-1k: photographs from the web around 2010, mostly from North America and Europe, ' +
      'with many breeds of dogs and few people. What it saw seldom, it sees less well, and tuning on few pictures ' +
      'does not mend that.',
  ],
  'digits-cnn': [
    'The base model learned from MNIST digits 0 to 4: centred, clean, white strokes on black, written by American census ' +
      'workers and students in the early 1990s. Dark strokes on white, photographs and other ways of writing are outside ' +
      'of what it saw.',
  ],
};

export const limitsOfBase = (id: string): readonly string[] =>
  Object.hasOwn(OF_BASE, id)
    ? OF_BASE[id]!
    : [
        'What the base model learned from, and with it its biases, stay in the tuned one: read the card of the base model.',
      ];
