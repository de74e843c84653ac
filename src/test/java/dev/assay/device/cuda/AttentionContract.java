package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Attention;
import dev.assay.device.Attention.Qkv;
import dev.assay.device.AttentionShape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernels of {@code native/training_attention.cu} against the oracle, on fresh random input and odd sizes. */
interface AttentionContract {
    /** Where kernels run, and what they are given. */
    TrainingBench bench();

    /**
     * P and dS are rounded to bf16 before they are multiplied, an error of 2⁻⁹ of each term; random terms of size 1 and some
     * tens of them leave less than the absolute bounds. Sequences that fill no tile, one tile and several, that leave a
     * warpgroup without rows, and more heads than are taken together; heads that fill no tile of columns, where what lies behind them
     * in memory is the next head's.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, 64, 64, 64",
        "2, 5, 2, 1, 64, 136, 72",
        "1, 64, 1, 1, 64, 64, 64",
        "1, 65, 3, 3, 64, 192, 192",
        "2, 131, 4, 2, 128, 528, 256",
        "1, 257, 2, 1, 128, 256, 136",
        "9, 130, 2, 2, 64, 128, 128",
        "1, 1, 1, 1, 72, 72, 72",
        "2, 131, 4, 2, 80, 328, 168",
        "1, 257, 2, 1, 96, 192, 96",
        "2, 65, 3, 3, 104, 312, 320",
        "1, 193, 3, 1, 112, 344, 112",
        "1, 130, 2, 2, 120, 240, 240"
    })
    default void attentionAndItsGradient(
            int batch, int sequence, int heads, int kvHeads, int headSize, int queryStride, int kvStride) {
        TrainingBench bench = bench();
        AttentionShape shape = new AttentionShape(batch, sequence, heads, kvHeads, headSize, queryStride, kvStride);
        Twin query = bench.normal(shape.queryElements());
        Twin key = bench.normal(shape.kvElements());
        Twin value = bench.normal(shape.kvElements());
        Twin dOut = bench.normal(shape.rows() * shape.outWidth());
        Twin out = bench.poisonedBf16(shape.rows() * shape.outWidth());
        Twin lse = bench.poisoned(4 * shape.statistics());
        Twin dQuery = bench.poisonedBf16(shape.queryElements());
        Twin dKey = bench.poisonedBf16(shape.kvElements());
        Twin dValue = bench.poisonedBf16(shape.kvElements());
        Twin scratch = bench.poisoned(4 * shape.statistics());

        bench.run((kernels, of, stream) -> {
            Attention attention = new Attention(
                    shape, new Qkv(of.apply(query), of.apply(key), of.apply(value)), of.apply(out), of.apply(lse));
            Qkv gradients = new Qkv(of.apply(dQuery), of.apply(dKey), of.apply(dValue));
            kernels.attention(attention, stream);
            kernels.attentionGradient(attention, of.apply(dOut), gradients, of.apply(scratch), stream);
        });

        lse.assertFp32("lse", 16, 1e-5);
        out.assertBf16("out", 0.01);
        dQuery.assertBf16("dQuery", 0.02);
        dKey.assertBf16("dKey", 0.02 * heads / kvHeads);
        dValue.assertBf16("dValue", 0.02 * heads / kvHeads);
        assertThat(scratch.foundBytes()).isNotEmpty();
    }
}
