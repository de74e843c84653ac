package dev.assay.device.reference;

import dev.assay.device.DeviceMemory;
import java.util.Optional;

/**
 * RMSNorm, and LayerNorm where there are means, row by row in fp64: n = (x − mean) · rstd, out = n · weight + bias.
 *
 * @param means LayerNorm's, out of the forward and into the gradient
 */
record ReferenceNorm(long rows, int width, HostMemory weight, Optional<Fp32> means, Fp32 rstds) {
    static ReferenceNorm rms(long rows, int width, DeviceMemory weight, DeviceMemory rstd) {
        return new ReferenceNorm(rows, width, HostMemory.of(weight), Optional.empty(), Fp32.of(rstd, rows));
    }

    static ReferenceNorm layer(long rows, int width, DeviceMemory weight, DeviceMemory mean, DeviceMemory rstd) {
        return new ReferenceNorm(
                rows, width, HostMemory.of(weight), Optional.of(Fp32.of(mean, rows)), Fp32.of(rstd, rows));
    }

    /** after = before + delta; without delta what is normed is {@code before}. */
    void forward(
            HostMemory before,
            Optional<HostMemory> delta,
            HostMemory after,
            Optional<HostMemory> bias,
            float eps,
            HostMemory out) {
        for (long row = 0; row < rows; row++) {
            long start = row * width;
            delta.ifPresent(added -> {
                for (long i = start; i < start + width; i++) {
                    after.set(i, before.get(i) + added.get(i));
                }
            });
            normRow(row, delta.isPresent() ? after : before, bias, eps, out);
        }
    }

    private void normRow(long row, HostMemory x, Optional<HostMemory> bias, float eps, HostMemory out) {
        long start = row * width;
        double mean = 0;
        if (means.isPresent()) {
            for (long i = start; i < start + width; i++) {
                mean += x.get(i);
            }
            mean /= width;
            means.get().set(row, mean);
        }
        double squares = 0;
        for (long i = start; i < start + width; i++) {
            squares += (x.get(i) - mean) * (x.get(i) - mean);
        }
        double rstd = 1 / Math.sqrt(squares / width + eps);
        rstds.set(row, rstd);
        for (int i = 0; i < width; i++) {
            double shift = bias.isPresent() ? bias.get().get(i) : 0;
            out.set(start + i, (float) ((x.get(start + i) - mean) * rstd * weight.get(i) + shift));
        }
    }

    /** dResidual += the gradient of x; dWeight and dBias += theirs. */
    void backward(HostMemory dOut, HostMemory x, HostMemory dResidual, HostMemory dWeight, Optional<HostMemory> dBias) {
        double[] weights = new double[width];
        double[] biases = new double[width];
        for (long row = 0; row < rows; row++) {
            long start = row * width;
            double mean = means.isPresent() ? means.get().get(row) : 0;
            double rstd = rstds.get(row);
            double withN = 0;
            double alone = 0;
            for (int i = 0; i < width; i++) {
                double n = (x.get(start + i) - mean) * rstd;
                double g = (double) dOut.get(start + i) * weight.get(i);
                withN += g * n / width;
                alone += means.isPresent() ? g / width : 0;
                weights[i] += dOut.get(start + i) * n;
                biases[i] += dOut.get(start + i);
            }
            for (int i = 0; i < width; i++) {
                double n = (x.get(start + i) - mean) * rstd;
                double g = (double) dOut.get(start + i) * weight.get(i);
                dResidual.set(start + i, (float) (dResidual.get(start + i) + rstd * (g - n * withN - alone)));
            }
        }
        add(dWeight, weights);
        dBias.ifPresent(gradient -> add(gradient, biases));
    }

    /** One rounding to bf16 of what was there with the sums. */
    static void add(HostMemory gradient, double[] sums) {
        for (int i = 0; i < sums.length; i++) {
            gradient.set(i, (float) (gradient.get(i) + sums[i]));
        }
    }
}
