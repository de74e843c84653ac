package dev.assay.measurement;

/**
 * A correctness check of a result.
 *
 * @param name what was checked, e.g. {@code gemm.freivalds}, {@code gemm.fp64}, {@code allreduce.sum}
 * @param checked elements looked at; a check of nothing is no check
 * @param wrong elements beyond the bound
 * @param worst the largest deviation found, in units of the bound (≤ 1 is right); 0 for exact checks without errors
 * @param detail the bound and where the first wrong element lies, in words
 */
public record Check(String name, long checked, long wrong, double worst, String detail) {
    public Check {
        if (checked <= 0) {
            throw new IllegalArgumentException("check " + name + " must look at elements, got " + checked);
        }
        if (wrong < 0 || wrong > checked) {
            throw new IllegalArgumentException("check " + name + " must find 0.." + checked + " wrong, got " + wrong);
        }
    }
}
