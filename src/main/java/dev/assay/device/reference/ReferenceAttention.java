package dev.assay.device.reference;

import dev.assay.device.Attention;
import dev.assay.device.Attention.Qkv;
import dev.assay.device.AttentionShape;

/** Causal attention a query and a key at a time, in fp64, gradients by the textbook's formulas. */
record ReferenceAttention(
        AttentionShape shape, HostMemory query, HostMemory key, HostMemory value, HostMemory out, Fp32 lse) {
    static ReferenceAttention of(Attention attention) {
        AttentionShape shape = attention.shape();
        return new ReferenceAttention(
                shape,
                HostMemory.of(attention.qkv().query()),
                HostMemory.of(attention.qkv().key()),
                HostMemory.of(attention.qkv().value()),
                HostMemory.of(attention.out()),
                Fp32.of(attention.lse(), shape.statistics()));
    }

    void forward() {
        each((sequence, head, row) -> {
            double[] products = new double[row + 1];
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k <= row; k++) {
                products[k] = product(sequence, head, row, k);
                largest = Math.max(largest, products[k]);
            }
            double sum = 0;
            for (double product : products) {
                sum += Math.exp(product - largest);
            }
            lse.set(statistic(sequence, head, row), largest + Math.log(sum));
            for (int e = 0; e < shape.headSize(); e++) {
                double mixed = 0;
                for (int k = 0; k <= row; k++) {
                    mixed += Math.exp(products[k] - largest) / sum * value.get(kv(sequence, head, k) + e);
                }
                out.set(result(sequence, head, row) + e, (float) mixed);
            }
        });
    }

    void backward(HostMemory dOut, Qkv gradients) {
        double[] queries = new double[Math.toIntExact(shape.queryElements())];
        double[] keys = new double[Math.toIntExact(shape.kvElements())];
        double[] values = new double[keys.length];
        each((sequence, head, row) -> {
            int q = Math.toIntExact(query(sequence, head, row));
            long o = result(sequence, head, row);
            double withOut = dot(dOut, o, out, o);
            for (int k = 0; k <= row; k++) {
                int at = Math.toIntExact(kv(sequence, head, k));
                double p = Math.exp(product(sequence, head, row, k) - lse.get(statistic(sequence, head, row)));
                double ds = p * (dot(dOut, o, value, at) - withOut) * shape.scale();
                for (int e = 0; e < shape.headSize(); e++) {
                    values[at + e] += p * dOut.get(o + e);
                    queries[q + e] += ds * key.get(at + e);
                    keys[at + e] += ds * query.get(q + e);
                }
            }
        });
        store(queries, HostMemory.of(gradients.query()), shape.queryStride(), shape.outWidth());
        store(keys, HostMemory.of(gradients.key()), shape.kvStride(), shape.kvHeads() * shape.headSize());
        store(values, HostMemory.of(gradients.value()), shape.kvStride(), shape.kvHeads() * shape.headSize());
    }

    private interface Query {
        void at(int sequence, int head, int row);
    }

    private void each(Query work) {
        for (int sequence = 0; sequence < shape.batch(); sequence++) {
            for (int head = 0; head < shape.heads(); head++) {
                for (int row = 0; row < shape.sequence(); row++) {
                    work.at(sequence, head, row);
                }
            }
        }
    }

    /** What lies between rows is left alone. */
    private void store(double[] from, HostMemory to, int stride, int width) {
        for (long row = 0; row < shape.rows(); row++) {
            for (long i = row * stride; i < row * stride + width; i++) {
                to.set(i, (float) from[Math.toIntExact(i)]);
            }
        }
    }

    private double product(int sequence, int head, int row, int k) {
        return dot(query, query(sequence, head, row), key, kv(sequence, head, k)) * shape.scale();
    }

    private double dot(HostMemory a, long atA, HostMemory b, long atB) {
        double sum = 0;
        for (int e = 0; e < shape.headSize(); e++) {
            sum += (double) a.get(atA + e) * b.get(atB + e);
        }
        return sum;
    }

    private long query(int sequence, int head, int row) {
        return ((long) sequence * shape.sequence() + row) * shape.queryStride() + (long) head * shape.headSize();
    }

    private long kv(int sequence, int head, int row) {
        int shared = head / (shape.heads() / shape.kvHeads());
        return ((long) sequence * shape.sequence() + row) * shape.kvStride() + (long) shared * shape.headSize();
    }

    private long result(int sequence, int head, int row) {
        return ((long) sequence * shape.sequence() + row) * shape.outWidth() + (long) head * shape.headSize();
    }

    private long statistic(int sequence, int head, int row) {
        return ((long) sequence * shape.heads() + head) * shape.sequence() + row;
    }
}
