package dev.assay.worker;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a runner has opened; closed in reverse when its work is done. After a failure it is left to the end of the process:
 * closing waits for work on the device, which may never end when a kernel hangs or a peer is gone.
 */
final class Owned implements AutoCloseable {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    <T extends AutoCloseable> T own(T one) {
        all.push(one);
        return one;
    }

    @Override
    public void close() throws Exception {
        while (!all.isEmpty()) {
            all.pop().close();
        }
    }
}
