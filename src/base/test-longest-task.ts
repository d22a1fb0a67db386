/**
 * Does `work` and gives the longest that Node's one thread was held meanwhile, in milliseconds of its own time: what others
 * on the machine take does not count.
 */
export async function longestTask(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  let before = process.cpuUsage();
  const turn = () => {
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.cpuUsage();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  running = false;
  await new Promise((resolve) => setImmediate(resolve));
  return longest;
}
