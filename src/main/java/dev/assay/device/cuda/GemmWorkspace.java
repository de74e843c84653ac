package dev.assay.device.cuda;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/**
 * Scratch memory of one GEMM, or of several that run one after the other: allocated for the first of them and freed with the
 * last. Work on one stream is in order; before another stream may use it all that is enqueued must be done, so a change waits.
 */
final class GemmWorkspace {
    static final long BYTES = 64L << 20;

    private final LongFunction<? extends Addressed> allocation;
    private final Runnable idle;
    private Optional<Addressed> memory = Optional.empty();
    private OptionalLong lastStream = OptionalLong.empty();
    private int users;

    /** @param idle waits until the GPU has nothing to do */
    GemmWorkspace(LongFunction<? extends Addressed> allocation, Runnable idle) {
        this.allocation = allocation;
        this.idle = idle;
    }

    /** Of the current context. */
    static GemmWorkspace on(String gpu) {
        return new GemmWorkspace(
                bytes -> CudaMemory.allocate(bytes, gpu),
                () -> Cuda.check(CudaDriver.cuCtxSynchronize(), "cuCtxSynchronize"));
    }

    /** For one GEMM more, which must {@link #leave}. */
    void enter() {
        if (memory.isEmpty()) {
            memory = Optional.of(allocation.apply(BYTES));
        }
        users++;
    }

    /** Where it lies, for work on this stream. Allocates nothing: called where GEMMs are timed. */
    long address(long stream) {
        if (lastStream.isEmpty() || lastStream.getAsLong() != stream) {
            moveTo(stream);
        }
        return memory.orElseThrow().address();
    }

    private void moveTo(long stream) {
        if (lastStream.isPresent()) {
            idle.run();
        }
        lastStream = OptionalLong.of(stream);
    }

    void leave() {
        users--;
        if (users == 0) {
            memory.orElseThrow().close();
            memory = Optional.empty();
            lastStream = OptionalLong.empty();
        }
    }
}
