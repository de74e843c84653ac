package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code random.cuh} says the same as {@link Counter}, by the host's compiler: no GPU needed. */
@NeedsHostCompiler
class RandomHeaderTest {
    private static final int[][] RANKS = {{0, 1}, {1, 2}, {5, 8}, {127, 128}, {130, 300}};

    /** What CUDA brings and a host compiler lacks. */
    private static final String PROGRAM = """
            #include <cstdio>
            #include <cstdlib>
            #include <cstring>
            #define __device__
            #define __forceinline__ inline
            static inline float __uint_as_float(unsigned bits) { float f; std::memcpy(&f, &bits, 4); return f; }
            static inline unsigned __float_as_uint(float f) { unsigned bits; std::memcpy(&bits, &f, 4); return bits; }
            static inline float __fmul_rn(float a, float b) { return a * b; }
            #include "random.cuh"
            int main(int argc, char** argv) {
                u64 seed = std::strtoull(argv[1], nullptr, 10);
                for (u64 i = 0; i < 2000; i++) {
                    std::printf("%lld %d %d", (long long)counter_hash(seed, i), (short)counter_bf16_normal(seed, i),
                                counter_sign(seed, i));
                    for (int a = 2; a + 1 < argc; a += 2) {
                        u64 key = counter_rank_key(std::atoi(argv[a]));
                        std::printf(" %d", counter_gradient(seed, i, key, std::atoi(argv[a + 1])));
                    }
                    std::printf("\\n");
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void theHeaderIsTheCounterBitForBit() throws IOException, InterruptedException {
        long seed = new Random().nextLong();
        List<String> arguments = new ArrayList<>(List.of(Long.toUnsignedString(seed)));
        for (int[] rank : RANKS) {
            arguments.add(Integer.toString(rank[0]));
            arguments.add(Integer.toString(rank[1]));
        }

        List<String> lines = HostProgram.run(directory, PROGRAM, List.of("random.cuh", "bf16.cuh"), arguments);

        assertThat(lines).hasSize(2000);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).as("seed %d, index %d", seed, i).isEqualTo(oracle(seed, i));
        }
    }

    private static String oracle(long seed, int index) {
        StringBuilder line = new StringBuilder()
                .append(Counter.hash(seed, index))
                .append(' ')
                .append(Counter.bf16Normal(seed, index))
                .append(' ')
                .append(Counter.sign(seed, index));
        for (int[] rank : RANKS) {
            line.append(' ').append(Counter.gradient(seed, index, rank[0], rank[1]));
        }
        return line.toString();
    }
}
