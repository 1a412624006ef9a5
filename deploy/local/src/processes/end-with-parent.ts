/**
 * Preloaded into every program that the bootstrap runs. The program lives in a process group of its own, so nobody
 * would tell it that npm or the terminal was killed: the closing of the channel to the bootstrap does.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel alone must not keep a program alive that has finished.
process.channel?.unref();
