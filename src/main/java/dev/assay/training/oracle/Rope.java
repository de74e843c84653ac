package dev.assay.training.oracle;

/**
 * Rotary positions in the "rotate half" pairing of the {@code transformers} library and of Llama checkpoints converted for
 * it: with d = headSize, elements i and i + d/2 of each head are a pair (Meta's own code pairs 2i and 2i + 1), turned by the
 * angle position · base^(−2i/d). Positions begin at 0 in every sequence. x and y [sequences · length, heads · headSize].
 */
public record Rope(int sequences, int length, int heads, int headSize, double base) {
    public Rope {
        Vectors.size("rotary positions", sequences, length, heads, headSize);
        if (headSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "training oracle: rotary positions need an even headSize to pair, got " + headSize);
        }
    }

    public double[] forward(double[] x) {
        return turn(x, 1);
    }

    /** A rotation's transpose is the rotation back. */
    public double[] backward(double[] dy) {
        return turn(dy, -1);
    }

    private double[] turn(double[] x, int direction) {
        Vectors.require("x", x, sequences * length * heads * headSize);
        double[] y = new double[x.length];
        int half = headSize / 2;
        for (int position = 0; position < length; position++) {
            for (int i = 0; i < half; i++) {
                double angle = direction * position * Math.pow(base, -2.0 * i / headSize);
                double cosine = Math.cos(angle);
                double sine = Math.sin(angle);
                for (int sequence = 0; sequence < sequences; sequence++) {
                    for (int head = 0; head < heads; head++) {
                        int first = ((sequence * length + position) * heads + head) * headSize + i;
                        int second = first + half;
                        y[first] = x[first] * cosine - x[second] * sine;
                        y[second] = x[second] * cosine + x[first] * sine;
                    }
                }
            }
        }
        return y;
    }
}
