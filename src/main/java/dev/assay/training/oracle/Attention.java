package dev.assay.training.oracle;

/**
 * Causal attention: out = softmax(q · kᵀ / √headSize over positions up to one's own) · v, in each sequence and head. Query
 * head h uses key and value head h / (heads / kvHeads): neighbours share, as {@code repeat_kv} of the {@code transformers}
 * library. q and out [sequences · length, heads · headSize]; k and v [sequences · length, kvHeads · headSize].
 */
public record Attention(int sequences, int length, int heads, int kvHeads, int headSize) {
    public Attention {
        Vectors.size("attention", sequences, length, heads, kvHeads, headSize);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "training oracle: attention must have heads in multiples of kvHeads, got " + heads + " and "
                            + kvHeads);
        }
    }

    public double[] forward(double[] q, double[] k, double[] v) {
        check(q, k, v);
        double[] out = new double[q.length];
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int head = 0; head < heads; head++) {
                for (int position = 0; position < length; position++) {
                    double[] p = probabilities(q, k, sequence, head, position);
                    int at = query(sequence, head, position);
                    for (int seen = 0; seen <= position; seen++) {
                        Vectors.addScaled(p[seen], v, key(sequence, head, seen), out, at, headSize);
                    }
                }
            }
        }
        return out;
    }

    /** Adds to dq, dk and dv, which have the shapes of q, k and v. */
    public void backward(double[] q, double[] k, double[] v, double[] dOut, double[] dq, double[] dk, double[] dv) {
        check(q, k, v);
        check(dq, dk, dv);
        Vectors.require("dOut", dOut, q.length);
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int head = 0; head < heads; head++) {
                for (int position = 0; position < length; position++) {
                    backward(q, k, v, dOut, dq, dk, dv, sequence, head, position);
                }
            }
        }
    }

    /** Of one query: dv = p · dOut; dp = dOut · v; ds = p · (dp − Σ p · dp) / √headSize; dq = ds · k; dk = ds · q. */
    private void backward(
            double[] q,
            double[] k,
            double[] v,
            double[] dOut,
            double[] dq,
            double[] dk,
            double[] dv,
            int sequence,
            int head,
            int position) {
        double[] p = probabilities(q, k, sequence, head, position);
        int at = query(sequence, head, position);
        double[] dp = new double[position + 1];
        for (int seen = 0; seen <= position; seen++) {
            dp[seen] = Vectors.dot(dOut, at, v, key(sequence, head, seen), headSize);
        }
        double mean = Vectors.dot(p, 0, dp, 0, position + 1);
        for (int seen = 0; seen <= position; seen++) {
            int from = key(sequence, head, seen);
            double ds = p[seen] * (dp[seen] - mean) * scale();
            Vectors.addScaled(p[seen], dOut, at, dv, from, headSize);
            Vectors.addScaled(ds, k, from, dq, at, headSize);
            Vectors.addScaled(ds, q, at, dk, from, headSize);
        }
    }

    /** How much the query looks at positions 0 to its own. */
    private double[] probabilities(double[] q, double[] k, int sequence, int head, int position) {
        double[] scores = new double[position + 1];
        int at = query(sequence, head, position);
        for (int seen = 0; seen <= position; seen++) {
            scores[seen] = Vectors.dot(q, at, k, key(sequence, head, seen), headSize) * scale();
        }
        return Softmax.of(scores);
    }

    private double scale() {
        return 1 / Math.sqrt(headSize);
    }

    private int query(int sequence, int head, int position) {
        return ((sequence * length + position) * heads + head) * headSize;
    }

    private int key(int sequence, int head, int position) {
        return ((sequence * length + position) * kvHeads + head / (heads / kvHeads)) * headSize;
    }

    private void check(double[] q, double[] k, double[] v) {
        Vectors.require("q", q, sequences * length * heads * headSize);
        Vectors.require("k", k, sequences * length * kvHeads * headSize);
        Vectors.require("v", v, sequences * length * kvHeads * headSize);
    }
}
