package dev.assay.device.reference;

import dev.assay.device.Counter;
import dev.assay.device.FreivaldsBound;
import dev.assay.measurement.Check;
import dev.assay.workload.Gemm;
import java.util.Locale;

/** The checks, as plain as they can be: every other device's are compared with these. */
final class ReferenceChecks {
    /** Two random vectors: what one hides by chance the other shows. */
    private static final int VECTORS = 2;

    private ReferenceChecks() {}

    static long wrongSums(HostMemory reduced, long elements, long seed, int ranks) {
        reduced.requireElements("checking sums", elements);
        long wrong = 0;
        for (long i = 0; i < elements; i++) {
            int sum = 0;
            for (int rank = 0; rank < ranks; rank++) {
                sum += Counter.gradient(seed, i, rank, ranks);
            }
            if (!(reduced.get(i) == sum)) {
                wrong++;
            }
        }
        return wrong;
    }

    static Check freivalds(Gemm gemm, HostMemory a, HostMemory b, HostMemory c, long seed) {
        Worst worst = new Worst();
        boolean[] wrongRow = new boolean[gemm.m()];
        for (int vector = 0; vector < VECTORS; vector++) {
            long signs = Counter.hash(seed, vector);
            double[] combined = combinedColumns(gemm, b, signs);
            for (int i = 0; i < gemm.m(); i++) {
                double units = rowDeviation(gemm, a, c, combined, signs, i);
                wrongRow[i] |= !(units <= 1);
                worst.see(units, "row " + i);
            }
        }
        long wrong = 0;
        for (boolean row : wrongRow) {
            wrong += row ? 1 : 0;
        }
        return new Check(
                "gemm.freivalds",
                (long) gemm.m() * gemm.n(),
                wrong,
                worst.units,
                VECTORS + " random vectors over all of C, wrong counted in rows of " + gemm.n()
                        + ", bound 8 standard deviations of rounding to bf16" + worst.words());
    }

    static Check elements(Gemm gemm, HostMemory a, HostMemory b, HostMemory c, int samples, long seed) {
        Worst worst = new Worst();
        long wrong = 0;
        for (int s = 0; s < samples; s++) {
            int i = (int) Long.remainderUnsigned(Counter.hash(seed, 2L * s), gemm.m());
            int j = (int) Long.remainderUnsigned(Counter.hash(seed, 2L * s + 1), gemm.n());
            double exact = 0;
            double squares = 0;
            for (int p = 0; p < gemm.k(); p++) {
                double product = (double) a.get((long) i * gemm.k() + p) * b.get((long) j * gemm.k() + p);
                exact += product;
                squares += product * product;
            }
            double deviation = c.get((long) i * gemm.n() + j) - exact;
            double units = FreivaldsBound.units(deviation, FreivaldsBound.ofElement(exact, squares, gemm.k()));
            wrong += units <= 1 ? 0 : 1;
            worst.see(units, "element (" + i + ", " + j + ")");
        }
        return new Check(
                "gemm.fp64",
                samples,
                wrong,
                worst.units,
                "elements recomputed in fp64, bound one rounding to bf16" + worst.words());
    }

    /** Bᵀ·r, one value for each of k. */
    private static double[] combinedColumns(Gemm gemm, HostMemory b, long signs) {
        double[] combined = new double[gemm.k()];
        for (int j = 0; j < gemm.n(); j++) {
            int sign = Counter.sign(signs, j);
            for (int p = 0; p < gemm.k(); p++) {
                combined[p] += sign * b.get((long) j * gemm.k() + p);
            }
        }
        return combined;
    }

    private static double rowDeviation(Gemm gemm, HostMemory a, HostMemory c, double[] combined, long signs, int row) {
        double expected = 0;
        for (int p = 0; p < gemm.k(); p++) {
            expected += a.get((long) row * gemm.k() + p) * combined[p];
        }
        double found = 0;
        double squares = 0;
        for (int j = 0; j < gemm.n(); j++) {
            double value = c.get((long) row * gemm.n() + j);
            found += Counter.sign(signs, j) * value;
            squares += value * value;
        }
        return FreivaldsBound.units(found - expected, FreivaldsBound.ofRow(squares, gemm.k()));
    }

    /** The largest deviation and the first wrong place. */
    private static final class Worst {
        private double units;
        private String firstWrong = "";

        void see(double seen, String place) {
            units = Math.max(units, seen);
            if (!(seen <= 1) && firstWrong.isEmpty()) {
                firstWrong = place;
            }
        }

        String words() {
            String most = String.format(Locale.ROOT, "; worst %.3g of the bound", units);
            return firstWrong.isEmpty() ? most : most + "; first wrong: " + firstWrong;
        }
    }
}
