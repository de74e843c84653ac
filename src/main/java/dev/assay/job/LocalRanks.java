package dev.assay.job;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The processes of one launch on this host: started, watched, and ended together. */
final class LocalRanks {
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Pace pace;
    private final Duration grace;
    /** Ranks that notice the loss of another by themselves get this long to say so. */
    private final Duration ownWords;

    private final List<Process> processes = new ArrayList<>();
    private boolean closed;

    LocalRanks(Pace pace, Duration grace) {
        this.pace = pace;
        this.grace = grace;
        this.ownWords = grace.dividedBy(5);
    }

    synchronized void start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new IOException("the run is being cancelled");
        }
        processes.add(builder.start());
    }

    /**
     * Waits until all have ended; once one has failed, the others are ended too, as srun's kill-on-bad-exit does.
     *
     * @return false where they had to be ended because the time was up
     */
    boolean await(Duration deadline, Runnable meanwhile) {
        long begin = pace.nanos();
        while (!alive().isEmpty()) {
            if (pace.since(begin).compareTo(deadline) > 0) {
                finish(alive());
                return forget(false);
            }
            if (failed()) {
                await(ownWords, () -> alive().isEmpty());
                finish(alive());
                return forget(true);
            }
            meanwhile.run();
            pace.sleep(LOOK);
        }
        return forget(true);
    }

    /** Ends all there are, for good: nothing starts any more. Safe from a shutdown hook. */
    String end() {
        List<Process> left;
        synchronized (this) {
            closed = true;
            left = alive();
        }
        int count = left.size();
        finish(left);
        long still = left.stream().filter(Process::isAlive).count();
        if (still > 0) {
            return still + " local processes do not end: "
                    + left.stream().filter(Process::isAlive).map(Process::pid).toList();
        }
        return count == 0 ? "no process of this run is left" : count + " local ranks: confirmed gone";
    }

    private synchronized List<Process> alive() {
        return processes.stream().filter(Process::isAlive).toList();
    }

    private synchronized boolean failed() {
        return processes.stream().anyMatch(process -> !process.isAlive() && process.exitValue() != 0);
    }

    private synchronized boolean forget(boolean result) {
        processes.removeIf(process -> !process.isAlive());
        return result;
    }

    private void await(Duration most, BooleanSupplier ended) {
        long begin = pace.nanos();
        while (!ended.getAsBoolean() && pace.since(begin).compareTo(most) < 0) {
            pace.sleep(LOOK);
        }
    }

    /**
     * Asks, waits, then forces: first what runs inside rank.sh, from the leaves up, so that it can still write its marker and
     * nobody is left without a parent; at last rank.sh itself.
     */
    private void finish(List<Process> left) {
        if (left.isEmpty()) {
            return;
        }
        List<ProcessHandle> family = left.stream()
                .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process.toHandle())))
                .toList();
        BooleanSupplier gone = () -> family.stream().noneMatch(ProcessHandle::isAlive);
        left.forEach(Process::destroy);
        await(grace, gone);
        await(grace, () -> {
            left.stream()
                    .flatMap(Process::descendants)
                    .filter(LocalRanks::leaf)
                    .forEach(ProcessHandle::destroyForcibly);
            return gone.getAsBoolean();
        });
        family.forEach(ProcessHandle::destroyForcibly);
        await(grace, gone);
    }

    private static boolean leaf(ProcessHandle process) {
        return process.children().findAny().isEmpty();
    }
}
