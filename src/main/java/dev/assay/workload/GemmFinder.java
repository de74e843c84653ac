package dev.assay.workload;

import java.util.Collections;
import java.util.List;

/**
 * Looks for the fastest shape: every m × n × k of these sides.
 *
 * @param sides of each of m, n and k
 * @param finalists of the first look that are timed again, with the best of all algorithms
 * @param repeats samples of a finalist, GEMMs back to back after a rest
 */
public record GemmFinder(Precision precision, List<Integer> sides, int finalists, int repeats) {
    public GemmFinder {
        sides = List.copyOf(sides);
        if (sides.isEmpty() || finalists <= 0 || repeats <= 0) {
            throw new IllegalArgumentException("a GEMM finder must have sides, finalists > 0, repeats > 0, got " + sides
                    + ", " + finalists + ", " + repeats);
        }
    }

    public List<Gemm> shapes() {
        return sides.stream()
                .flatMap(m -> sides.stream().flatMap(n -> sides.stream().map(k -> new Gemm(m, n, k, precision))))
                .toList();
    }

    /** The largest of them, whose operands hold any other's. */
    public Gemm largest() {
        int side = Collections.max(sides);
        return new Gemm(side, side, side, precision);
    }
}
