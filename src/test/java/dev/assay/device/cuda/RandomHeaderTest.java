package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Counter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** {@code random.cuh} says the same as {@link Counter}, by the host's compiler: no GPU needed. */
@EnabledIf(value = "compilerIsHere", disabledReason = "no /usr/bin/g++ to compile random.cuh for the host")
class RandomHeaderTest {
    private static final Path COMPILER = Path.of("/usr/bin/g++");
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

    static boolean compilerIsHere() {
        return Files.isExecutable(COMPILER);
    }

    @Test
    void theHeaderIsTheCounterBitForBit() throws IOException, InterruptedException {
        long seed = new Random().nextLong();
        KernelSources sources = KernelSources.fromResources();
        for (String header : List.of("random.cuh", "bf16.cuh")) {
            Files.writeString(
                    directory.resolve(header), String.valueOf(sources.headers().get(header)));
        }
        Files.writeString(directory.resolve("main.cpp"), PROGRAM);
        run(List.of(COMPILER.toString(), "-O1", "-o", "main", "main.cpp"));
        List<String> command =
                new ArrayList<>(List.of(directory.resolve("main").toString(), Long.toUnsignedString(seed)));
        for (int[] rank : RANKS) {
            command.add(Integer.toString(rank[0]));
            command.add(Integer.toString(rank[1]));
        }

        List<String> lines = run(command);

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

    private List<String> run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
        return output.lines().toList();
    }
}
