package dev.assay.device.cuda;

import dev.assay.device.AttentionShape;
import dev.assay.device.Stream;
import java.util.Arrays;

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
    private static final int WIDE = 128;
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
        return columns(shape) == WIDE ? 3 : 2;
    }

    /** Of a tile: a head that is no tile's size is padded to the wide one. */
    private static int columns(AttentionShape shape) {
        return shape.tileWidth();
    }

    private static boolean padded(AttentionShape shape) {
        return shape.headSize() != columns(shape);
    }

    /** What kernels of this shape are called after their operation. */
    static String suffix(AttentionShape shape) {
        return padded(shape) ? "padded" : Integer.toString(shape.headSize());
    }

    /** The size of a padded head comes behind all else. */
    static long[] arguments(AttentionShape shape, long... others) {
        if (!padded(shape)) {
            return others;
        }
        long[] all = Arrays.copyOf(others, others.length + 1);
        all[others.length] = shape.headSize();
        return all;
    }

    /** @param heads that have blocks of their own: of queries, or of keys */
    void launch(KernelLauncher launcher, Stream stream, int heads, long... arguments) {
        launcher.launch(
                kernel + suffix(shape),
                blocks(heads),
                warpgroups * THREADS,
                sharedBytes(),
                stream,
                arguments(shape, arguments));
    }

    private long blocks(int heads) {
        int rows = warpgroups * ROWS;
        return (long) shape.batch() * heads * ((shape.sequence() + rows - 1) / rows);
    }

    /** Beside the tiles what aligning the first of them may take. */
    int sharedBytes() {
        int tile = ROWS * columns(shape) * Short.BYTES;
        return warpgroups * held * tile + 2 * (2 * tile + statistics) + ALIGNMENT;
    }
}
