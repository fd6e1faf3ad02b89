let turn: (() => void) | undefined;
let channel: MessageChannel | undefined;

/**
 * Lets waiting messages run: a promise alone would not, and a timer would wait for 4 ms once it is nested.
 */
export function breathe(): Promise<void> {
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => turn?.();
    // Node would stay awake for an open port
    (channel.port1 as unknown as { unref?(): void }).unref?.();
  }
  const port = channel.port2;
  return new Promise((resolve) => {
    const before = turn;
    turn = () => {
      before?.();
      turn = undefined;
      resolve();
    };
    port.postMessage(null);
  });
}
