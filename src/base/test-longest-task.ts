/**
 * Measures how much of all the CPU time of some work its longest task took, 0 to 1: a share, since how long a task takes is the
 * machine's affair.
 */
export async function longestTask(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  const begun = process.cpuUsage();
  let before = begun;
  const turn = () => {
    longest = Math.max(longest, sum(process.cpuUsage(before)));
    before = process.cpuUsage();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  running = false;
  await new Promise((resolve) => setImmediate(resolve));
  return longest / sum(process.cpuUsage(begun));
}

const sum = ({ user, system }: NodeJS.CpuUsage) => user + system;
