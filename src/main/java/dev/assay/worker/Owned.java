package dev.assay.worker;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a runner has opened; closed in reverse. */
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
