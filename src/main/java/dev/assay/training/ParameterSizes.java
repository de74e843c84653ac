package dev.assay.training;

import java.util.List;

/** The matrices of a layer that GEMMs multiply with. */
final class ParameterSizes {
    private ParameterSizes() {}

    /** Outputs × inputs. */
    record Matrix(String name, int rows, int columns) {
        long elements() {
            return (long) rows * columns;
        }
    }

    static List<Matrix> layerMatrices(ModelShape model) {
        int hidden = model.hidden();
        int inner = model.feedForward();
        Matrix output = new Matrix("output", hidden, model.queryWidth());
        Matrix up = new Matrix("up", inner, hidden);
        Matrix down = new Matrix("down", hidden, inner);
        return switch (model.family()) {
            case LLAMA ->
                List.of(
                        new Matrix("query", model.queryWidth(), hidden),
                        new Matrix("key", model.kvWidth(), hidden),
                        new Matrix("value", model.kvWidth(), hidden),
                        output,
                        new Matrix("gate", inner, hidden),
                        up,
                        down);
            case GPT ->
                List.of(
                        new Matrix("query-key-value", model.queryWidth() + 2 * model.kvWidth(), hidden),
                        output,
                        up,
                        down);
        };
    }
}
