/**
 * Milliseconds that this process has spent on processors. One thread computes here, so on an idle machine this is the
 * time that passes; on a busy one it leaves out the time in which others ran, which would make any ratio a matter of luck.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
