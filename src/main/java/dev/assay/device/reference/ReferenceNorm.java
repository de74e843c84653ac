package dev.assay.device.reference;

import dev.assay.device.Normalization;
import dev.assay.device.Normalization.Gradients;
import dev.assay.device.Normalization.Residual;
import java.util.Optional;

/**
 * RMSNorm, and LayerNorm where there are means, row by row in fp64: n = (x − mean) · rstd, out = n · weight + bias.
 *
 * @param means LayerNorm's, out of the forward and into the gradient
 */
record ReferenceNorm(
        long rows,
        int width,
        HostMemory weight,
        Optional<HostMemory> bias,
        float eps,
        Optional<Fp32> means,
        Fp32 rstds) {
    static ReferenceNorm of(Normalization norm) {
        return new ReferenceNorm(
                norm.rows(),
                norm.width(),
                HostMemory.of(norm.weight()),
                norm.bias().map(HostMemory::of),
                norm.eps(),
                norm.statistics().mean().map(mean -> Fp32.of(mean, norm.rows())),
                Fp32.of(norm.statistics().rstd(), norm.rows()));
    }

    void forward(Residual residual, HostMemory out) {
        HostMemory before = HostMemory.of(residual.before());
        HostMemory after = HostMemory.of(residual.after());
        Optional<HostMemory> delta = residual.delta().map(HostMemory::of);
        for (long row = 0; row < rows; row++) {
            long start = row * width;
            delta.ifPresent(added -> {
                for (long i = start; i < start + width; i++) {
                    after.set(i, before.get(i) + added.get(i));
                }
            });
            normRow(row, delta.isPresent() ? after : before, out);
        }
    }

    private void normRow(long row, HostMemory x, HostMemory out) {
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

    void backward(HostMemory dOut, HostMemory x, Gradients gradients) {
        HostMemory dResidual = HostMemory.of(gradients.residual());
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
        add(HostMemory.of(gradients.weight()), weights);
        gradients.bias().ifPresent(gradient -> add(HostMemory.of(gradient), biases));
    }

    /** One rounding to bf16 of what was there with the sums. */
    static void add(HostMemory gradient, double[] sums) {
        for (int i = 0; i < sums.length; i++) {
            gradient.set(i, (float) (gradient.get(i) + sums[i]));
        }
    }
}
