package dev.assay.workload;

/**
 * GEMMs back to back on every GPU.
 *
 * @param batch GEMMs between two timing events; one sample a batch
 */
public record Burn(Gemm gemm, int batch) implements Workload {
    public Burn {
        if (batch <= 0) {
            throw new IllegalArgumentException("burn.batch must be > 0, got " + batch);
        }
    }

    @Override
    public String key() {
        return "burn";
    }

    @Override
    public String words() {
        return "bf16 GEMM " + gemm.words() + " back to back on every GPU, timed by " + batch;
    }

    /** Floating-point operations of one timed batch. */
    public double flopPerBatch() {
        return batch * gemm.flop();
    }

    @Override
    public MemoryNeed memory() {
        return MemoryNeed.of(gemm);
    }
}
