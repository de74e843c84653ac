package dev.assay.device.cuda;

import dev.assay.device.AttentionShape;
import dev.assay.device.Stream;

/**
 * How a kernel of {@code native/training_attention.cu} is started: as its templates have it. A warpgroup takes 64 rows of a head,
 * which stay in shared memory; two tiles of 64 rows that they are multiplied with lie beside them, one being copied.
 *
 * @param warpgroups of a block
 * @param held tiles of 64 rows that stay, for each warpgroup
 * @param statistics bytes beside each of the two tiles
 */
record AttentionLaunch(AttentionShape shape, String kernel, int warpgroups, int held, int statistics) {
    private static final int ROWS = 64;
    private static final int THREADS = 128;
    private static final int ALIGNMENT = 1024;

    /** As many warpgroups as registers allow; of 64 columns two such blocks share a multiprocessor. */
    static AttentionLaunch forward(AttentionShape shape) {
        return new AttentionLaunch(shape, "assay_attention_", warpgroups(shape), 1, 0);
    }

    static AttentionLaunch queryGradient(AttentionShape shape) {
        return new AttentionLaunch(shape, "assay_attention_query_gradient_", warpgroups(shape), 2, 0);
    }

    static AttentionLaunch keyGradient(AttentionShape shape) {
        return new AttentionLaunch(shape, "assay_attention_key_gradient_", 2, 2, ALIGNMENT);
    }

    private static int warpgroups(AttentionShape shape) {
        return shape.headSize() == 128 ? 3 : 2;
    }

    /** @param heads that have blocks of their own: of queries, or of keys */
    void launch(KernelLauncher launcher, Stream stream, int heads, long... arguments) {
        launcher.launch(
                kernel + shape.headSize(), blocks(heads), warpgroups * THREADS, sharedBytes(), stream, arguments);
    }

    private long blocks(int heads) {
        int rows = warpgroups * ROWS;
        return (long) shape.batch() * heads * ((shape.sequence() + rows - 1) / rows);
    }

    /** Beside the tiles what aligning the first of them may take. */
    int sharedBytes() {
        int tile = ROWS * shape.headSize() * Short.BYTES;
        return warpgroups * held * tile + 2 * (2 * tile + statistics) + ALIGNMENT;
    }
}
