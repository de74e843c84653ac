package dev.assay.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How many elements the parameter tensors have, in the order in which forward needs them. */
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

    /** The embedding, every layer, the last norm and, where it is not tied, the head; each a list of tensors. */
    static List<List<Long>> modules(ModelShape model) {
        List<List<Long>> modules = new ArrayList<>();
        long hidden = model.hidden();
        boolean tied = model.family() == ModelFamily.GPT;
        modules.add(tied ? List.of(model.embedding(), model.positions() * hidden) : List.of(model.embedding()));
        for (int layer = 0; layer < model.layers(); layer++) {
            modules.add(layer(model));
        }
        modules.add(tied ? List.of(hidden, hidden) : List.of(hidden, model.embedding()));
        return modules;
    }

    private static List<Long> layer(ModelShape model) {
        LongStream matrices = layerMatrices(model).stream().mapToLong(Matrix::elements);
        return LongStream.concat(matrices, vectors(model)).boxed().collect(Collectors.toList());
    }

    private static LongStream vectors(ModelShape model) {
        long hidden = model.hidden();
        return switch (model.family()) {
            case LLAMA -> LongStream.of(hidden, hidden);
            case GPT ->
                LongStream.of(
                        hidden,
                        hidden,
                        hidden,
                        hidden,
                        model.queryWidth() + 2L * model.kvWidth(),
                        hidden,
                        model.feedForward(),
                        hidden);
        };
    }

    static Stream<Long> all(ModelShape model) {
        return modules(model).stream().flatMap(List::stream);
    }
}
