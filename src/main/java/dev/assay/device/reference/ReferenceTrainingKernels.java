package dev.assay.device.reference;

import dev.assay.device.AdamW;
import dev.assay.device.Attention;
import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Lookup;
import dev.assay.device.Normalization;
import dev.assay.device.Quantized;
import dev.assay.device.RopeShape;
import dev.assay.device.SeededNormal;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A loop each, in fp64, rounded where memory is written: the oracle of {@code native/training_*.cu}. Sizes have been checked. */
final class ReferenceTrainingKernels implements TrainingKernels {
    @Override
    public void embed(Lookup lookup, DeviceMemory table, DeviceMemory out, Stream stream) {
        HostMemory from = HostMemory.of(table);
        HostMemory to = HostMemory.of(out);
        Fp32 ids = Fp32.of(lookup.tokens(), lookup.rows());
        int width = lookup.width();
        enqueue(stream, lookup.rows(), width, (row, column) -> {
            int token = ids.getInt(row);
            boolean known = token >= 0 && token < lookup.vocabulary();
            to.set(row * width + column, known ? from.get((long) token * width + column) : Float.NaN);
        });
    }

    @Override
    public void embedGradient(Lookup lookup, DeviceMemory dOut, DeviceMemory dTable, Stream stream) {
        HostMemory from = HostMemory.of(dOut);
        HostMemory to = HostMemory.of(dTable);
        Fp32 ids = Fp32.of(lookup.tokens(), lookup.rows());
        int width = lookup.width();
        enqueue(stream, lookup.vocabulary(), width, (token, column) -> {
            double sum = 0;
            for (long row = 0; row < lookup.rows(); row++) {
                sum += ids.getInt(row) == token ? from.get(row * width + column) : 0;
            }
            to.set(token * width + column, (float) (to.get(token * width + column) + sum));
        });
    }

    @Override
    public void norm(Normalization norm, Normalization.Residual residual, DeviceMemory out, Stream stream) {
        ReferenceNorm reference = ReferenceNorm.of(norm);
        SerialStream.of(stream).enqueue(() -> reference.forward(residual, HostMemory.of(out)));
    }

    @Override
    public void normGradient(
            Normalization norm,
            DeviceMemory dOut,
            DeviceMemory input,
            Normalization.Gradients gradients,
            DeviceMemory scratch,
            Stream stream) {
        ReferenceNorm reference = ReferenceNorm.of(norm);
        SerialStream.of(stream).enqueue(() -> reference.backward(HostMemory.of(dOut), HostMemory.of(input), gradients));
    }

    @Override
    public void rope(DeviceMemory x, RopeShape shape, Rotation rotation, Stream stream) {
        HostMemory values = HostMemory.of(x);
        int half = shape.headSize() / 2;
        double sign = rotation == Rotation.FORWARD ? 1 : -1;
        enqueue(stream, shape.rows(), shape.heads() * half, (row, pair) -> {
            int number = pair % half;
            long low = row * shape.stride() + (long) (pair / half) * shape.headSize() + number;
            double angle = row % shape.sequence() * Math.pow(shape.base(), -(double) number / half);
            ReferencePointwise.turn(values, low, low + half, sign * angle);
        });
    }

    @Override
    public void swiGlu(DeviceMemory gateUp, long rows, int width, DeviceMemory out, Stream stream) {
        HostMemory from = HostMemory.of(gateUp);
        HostMemory to = HostMemory.of(out);
        enqueue(stream, rows, width, (row, column) -> {
            long gate = 2 * row * width + column;
            double value = ReferencePointwise.silu(from.get(gate)) * from.get(gate + width);
            to.set(row * width + column, (float) value);
        });
    }

    @Override
    public void swiGluGradient(
            DeviceMemory dOut, DeviceMemory gateUp, long rows, int width, DeviceMemory dGateUp, Stream stream) {
        HostMemory dy = HostMemory.of(dOut);
        HostMemory from = HostMemory.of(gateUp);
        HostMemory to = HostMemory.of(dGateUp);
        enqueue(stream, rows, width, (row, column) -> {
            long gate = 2 * row * width + column;
            float d = dy.get(row * width + column);
            double ofGate = (double) d * from.get(gate + width) * ReferencePointwise.siluSlope(from.get(gate));
            double ofUp = d * ReferencePointwise.silu(from.get(gate));
            to.set(gate, (float) ofGate);
            to.set(gate + width, (float) ofUp);
        });
    }

    @Override
    public void gelu(DeviceMemory x, DeviceMemory bias, long rows, int width, DeviceMemory out, Stream stream) {
        HostMemory from = HostMemory.of(x);
        HostMemory shift = HostMemory.of(bias);
        HostMemory to = HostMemory.of(out);
        enqueue(stream, rows, width, (row, column) -> {
            long i = row * width + column;
            to.set(i, (float) ReferencePointwise.gelu((double) from.get(i) + shift.get(column)));
        });
    }

    @Override
    public void geluGradient(
            DeviceMemory dOut,
            DeviceMemory x,
            DeviceMemory bias,
            long rows,
            int width,
            DeviceMemory dX,
            Stream stream) {
        HostMemory dy = HostMemory.of(dOut);
        HostMemory from = HostMemory.of(x);
        HostMemory shift = HostMemory.of(bias);
        HostMemory to = HostMemory.of(dX);
        enqueue(stream, rows, width, (row, column) -> {
            long i = row * width + column;
            double slope = ReferencePointwise.geluSlope((double) from.get(i) + shift.get(column));
            to.set(i, (float) (dy.get(i) * slope));
        });
    }

    @Override
    public void addBias(DeviceMemory x, DeviceMemory bias, long rows, int width, Stream stream) {
        HostMemory values = HostMemory.of(x);
        HostMemory shift = HostMemory.of(bias);
        enqueue(stream, rows, width, (row, column) -> {
            long i = row * width + column;
            values.set(i, values.get(i) + shift.get(column));
        });
    }

    @Override
    public void biasGradient(
            DeviceMemory dOut, long rows, int width, DeviceMemory dBias, DeviceMemory scratch, Stream stream) {
        HostMemory dy = HostMemory.of(dOut);
        HostMemory to = HostMemory.of(dBias);
        SerialStream.of(stream).enqueue(() -> {
            double[] sums = new double[width];
            for (long i = 0; i < rows * width; i++) {
                sums[(int) (i % width)] += dy.get(i);
            }
            ReferenceNorm.add(to, sums);
        });
    }

    @Override
    public void crossEntropy(
            DeviceMemory logits,
            DeviceMemory targets,
            long rows,
            int vocabulary,
            float scale,
            DeviceMemory losses,
            Stream stream) {
        HostMemory x = HostMemory.of(logits);
        Fp32 ids = Fp32.of(targets, rows);
        Fp32 to = Fp32.of(losses, rows);
        enqueue(
                stream,
                rows,
                1,
                (row, column) -> to.set(
                        row, ReferencePointwise.crossEntropy(x, row * vocabulary, vocabulary, ids.getInt(row), scale)));
    }

    /** All of it in the first partial, 0 in the others. */
    @Override
    public void sumOfSquares(Tensor tensor, DeviceMemory partials, Stream stream) {
        Matrix values = matrix("summing squares", tensor);
        ByteBuffer to = HostMemory.of(partials).buffer((long) SQUARE_PARTS * Double.BYTES);
        SerialStream.of(stream).enqueue(() -> {
            double sum = 0;
            for (long i = 0; i < tensor.elements(); i++) {
                double value = values.get(i);
                sum += value * value;
            }
            for (int part = 0; part < SQUARE_PARTS; part++) {
                to.putDouble(Double.BYTES * part, part == 0 ? sum : 0);
            }
        });
    }

    @Override
    public void carry(Tensor from, Tensor to, boolean add, Stream stream) {
        Matrix source = matrix("carrying", from);
        Matrix target = matrix("carrying", to);
        enqueue(
                stream,
                from.elements(),
                1,
                (i, column) -> target.set(i, add ? target.get(i) + source.get(i) : source.get(i)));
    }

    @Override
    public void quantize(DeviceMemory x, long rows, int width, Quantized to, DeviceMemory scratch, Stream stream) {
        ElementType type = to.type();
        HostMemory from = HostMemory.of(x);
        Fp32 by = Fp32.of(to.scale(), 1);
        Optional<Matrix> lying = to.out().map(memory -> Matrix.of("quantizing", memory, type, rows * width));
        Optional<Matrix> turned = to.transposed().map(memory -> Matrix.of("quantizing", memory, type, rows * width));
        SerialStream.of(stream).enqueue(() -> {
            float factor = ReferenceQuantization.factor(from, rows * width, type);
            by.set(0, 1 / factor);
            for (long row = 0; row < rows; row++) {
                for (int column = 0; column < width; column++) {
                    float value = from.get(row * width + column) * factor;
                    long at = row * width + column;
                    long across = column * rows + row;
                    lying.ifPresent(matrix -> matrix.set(at, value));
                    turned.ifPresent(matrix -> matrix.set(across, value));
                }
            }
        });
    }

    @Override
    public void sumPartials(DeviceMemory partials, long count, DeviceMemory sum, Stream stream) {
        ByteBuffer from = HostMemory.of(partials).buffer(count * Double.BYTES);
        Fp32 to = Fp32.of(sum, 1);
        SerialStream.of(stream).enqueue(() -> {
            double total = 0;
            for (int i = 0; i < count; i++) {
                total += from.getDouble(Double.BYTES * i);
            }
            to.set(0, total);
        });
    }

    @Override
    public void clipScale(DeviceMemory squares, float factor, float largest, DeviceMemory scaleAndNorm, Stream stream) {
        Fp32 from = Fp32.of(squares, 1);
        Fp32 to = Fp32.of(scaleAndNorm, 2);
        SerialStream.of(stream).enqueue(() -> {
            double norm = factor * Math.sqrt(from.get(0));
            to.set(0, factor * Math.min(1, largest / (norm + 1e-6)));
            to.set(1, norm);
        });
    }

    @Override
    public void adamW(
            AdamW step,
            AdamW.States states,
            Tensor gradient,
            DeviceMemory gradientScale,
            DeviceMemory weight,
            Stream stream) {
        long elements = gradient.elements();
        Fp32 masters = Fp32.of(states.master(), elements);
        Fp32 firsts = Fp32.of(states.m(), elements);
        Fp32 seconds = Fp32.of(states.v(), elements);
        Fp32 scale = Fp32.of(gradientScale, 1);
        Matrix gradients = matrix("AdamW", gradient);
        HostMemory weights = HostMemory.of(weight);
        enqueue(stream, elements, 1, (i, column) -> {
            double g = gradients.get(i) * scale.get(0);
            double first = firsts.get(i) + (1 - step.beta1()) * (g - firsts.get(i));
            double second = step.beta2() * seconds.get(i) + (1 - step.beta2()) * g * g;
            double change = step.correctedRate() * first / (Math.sqrt(second) / step.secondMomentRoot() + step.eps());
            firsts.set(i, first);
            seconds.set(i, second);
            masters.set(i, step.decay() * masters.get(i) - change);
            weights.set(i, masters.get(i));
        });
    }

    @Override
    public void initNormal(
            DeviceMemory master, DeviceMemory weight, long elements, SeededNormal values, Stream stream) {
        Fp32 masters = Fp32.of(master, elements);
        HostMemory weights = HostMemory.of(weight);
        enqueue(stream, elements, 1, (i, column) -> {
            double random = Counter.fineNormal(values.seed(), values.first() + i);
            weights.set(i, (float) (values.mean() + values.deviation() * random));
            masters.set(i, weights.get(i));
        });
    }

    @Override
    public void attention(Attention attention, Stream stream) {
        ReferenceAttention reference = ReferenceAttention.of(attention);
        SerialStream.of(stream).enqueue(() -> reference.forward());
    }

    @Override
    public void attentionGradient(
            Attention attention, DeviceMemory dOut, Attention.Qkv gradients, DeviceMemory scratch, Stream stream) {
        ReferenceAttention reference = ReferenceAttention.of(attention);
        SerialStream.of(stream).enqueue(() -> reference.backward(HostMemory.of(dOut), gradients));
    }

    private static Matrix matrix(String operation, Tensor tensor) {
        return Matrix.of(operation, tensor.memory(), tensor.type(), tensor.elements());
    }

    private interface Element {
        void at(long row, int column);
    }

    private static void enqueue(Stream stream, long rows, int width, Element element) {
        SerialStream.of(stream).enqueue(() -> {
            for (long row = 0; row < rows; row++) {
                for (int column = 0; column < width; column++) {
                    element.at(row, column);
                }
            }
        });
    }
}
