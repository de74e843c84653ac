package dev.assay.training.oracle;

import dev.assay.device.Counter;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;
import dev.assay.training.SeededTokens;
import dev.assay.training.SeededWeights;
import java.util.Arrays;
import java.util.stream.Stream;

/** Models small enough for finite differences. */
final class Tiny {
    /** Grouped queries, odd sizes, heads that are wider than hidden. */
    static final ModelShape LLAMA = new ModelShape(ModelFamily.LLAMA, 2, 12, 4, 2, 4, 17, 31, 8);

    static final ModelShape GPT = new ModelShape(ModelFamily.GPT, 2, 12, 3, 3, 5, 19, 31, 9);

    private Tiny() {}

    static Stream<ModelShape> shapes() {
        return Stream.of(
                LLAMA,
                GPT,
                new ModelShape(ModelFamily.LLAMA, 1, 5, 3, 1, 2, 7, 11, 8),
                new ModelShape(ModelFamily.LLAMA, 3, 8, 2, 2, 6, 9, 13, 8),
                new ModelShape(ModelFamily.GPT, 1, 5, 1, 1, 3, 7, 11, 9));
    }

    /** As training begins. */
    static ParameterValues initial(ModelShape shape, long seed) {
        return ParameterValues.initial(new SeededWeights(ParameterLayout.of(shape), seed));
    }

    /** Every tensor of order 0.3 around its norm's one: nothing hides behind a small or a trivial weight. */
    static ParameterValues rough(ModelShape shape, long seed) {
        SeededWeights seeded = new SeededWeights(ParameterLayout.of(shape), seed);
        ParameterValues values = ParameterValues.zeros(seeded.layout());
        for (Parameter parameter : seeded.layout().parameters()) {
            int centre = parameter.name().endsWith("norm") ? 1 : 0;
            long key = seeded.key(parameter);
            Arrays.setAll(values.of(parameter), i -> centre + 0.3 * Counter.fineNormal(key, i));
        }
        return values;
    }

    static MicroBatch batch(ModelShape shape, long seed, int sequences, int length) {
        return new SeededTokens(shape.vocabulary(), seed).microBatch(0, sequences, length);
    }
}
