package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Counter;
import dev.assay.device.SmallFloat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code format.cuh} says the same as {@link SmallFloat} and {@link Counter}, by the host's compiler: no GPU needed. */
@NeedsHostCompiler
class FormatHeaderTest {
    private static final int FILLED = 2000;

    /** What CUDA brings and a host compiler lacks; then every value of every format, every fill, rounding of given floats. */
    private static final String PROGRAM = """
            #include <cstdio>
            #include <cstdlib>
            #include <cstring>
            #define __device__
            #define __forceinline__ inline
            template <typename To, typename From> static inline To as(From from) {
                To to; std::memcpy(&to, &from, sizeof to); return to;
            }
            static inline float __uint_as_float(unsigned bits) { return as<float>(bits); }
            static inline unsigned __float_as_uint(float f) { return as<unsigned>(f); }
            static inline double __longlong_as_double(long long bits) { return as<double>(bits); }
            static inline long long __double_as_longlong(double d) { return as<long long>(d); }
            static inline float __fmul_rn(float a, float b) { return a * b; }
            static inline double __dmul_rn(double a, double b) { return a * b; }
            static inline float __double2float_rn(double d) { return (float)d; }
            #include "format.cuh"
            template <typename Bits> static void show(int format) {
                for (unsigned bits = 0; bits < 1u << 8 * sizeof(Bits); bits++) {
                    Bits stored = (Bits)bits;
                    std::printf("%016llx %016llx\\n", __double_as_longlong(element_value(&stored, 0, format)),
                                __double_as_longlong(element_half_ulp(&stored, 0, format)));
                }
            }
            int main(int argc, char** argv) {
                show<unsigned short>(FORMAT_FP16);
                show<unsigned char>(FORMAT_E4M3);
                show<unsigned char>(FORMAT_E5M2);
                u64 seed = std::strtoull(argv[1], nullptr, 10);
                static unsigned char bytes[8 * 2000];
                static const int widths[] = {2, 2, 4, 4, 8, 1, 1, 1};
                for (int format = FORMAT_BF16; format <= FORMAT_INT8; format++) {
                    for (u64 i = 0; i < 2000; i++) element_fill(bytes, i, format, seed);
                    for (u64 i = 0; i < 2000; i++) {
                        u64 bits = 0;
                        std::memcpy(&bits, bytes + i * widths[format], widths[format]);
                        std::printf("%llx\\n", bits);
                    }
                }
                for (int a = 2; a < argc; a++) {
                    float value = __uint_as_float((unsigned)std::strtoul(argv[a], nullptr, 10));
                    std::printf("%x %x %x\\n", fp16_format::of(value), e4m3_format::of(value), e5m2_format::of(value));
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void theHeaderIsJavasArithmeticBitForBit() throws IOException, InterruptedException {
        long seed = new Random().nextLong();
        List<Integer> floats = floats();
        List<String> arguments = new ArrayList<>(List.of(Long.toUnsignedString(seed)));
        floats.forEach(bits -> arguments.add(Integer.toUnsignedString(bits)));

        List<String> lines =
                HostProgram.run(directory, PROGRAM, List.of("format.cuh", "random.cuh", "bf16.cuh"), arguments);

        assertThat(lines).as("seed %d", seed).containsExactlyElementsOf(oracle(seed, floats));
    }

    private static List<Integer> floats() {
        Random random = new Random();
        List<Integer> floats = new ArrayList<>(List.of(0, 1 << 31, 0x7F800000, 0xFF800000, 0x7FC00000, 0x477FF000, 1));
        for (int i = 0; i < 2000; i++) {
            floats.add(random.nextInt());
            floats.add(Float.floatToRawIntBits(
                    (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(30) - 24))));
        }
        return floats;
    }

    private static List<String> oracle(long seed, List<Integer> floats) {
        List<String> lines = new ArrayList<>();
        values(SmallFloat.FP16, 1 << 16, lines);
        values(SmallFloat.E4M3, 1 << 8, lines);
        values(SmallFloat.E5M2, 1 << 8, lines);
        fills(seed, lines);
        for (int bits : floats) {
            float value = Float.intBitsToFloat(bits);
            lines.add(Integer.toHexString(SmallFloat.FP16.of(value)) + " "
                    + Integer.toHexString(SmallFloat.E4M3.of(value)) + " "
                    + Integer.toHexString(SmallFloat.E5M2.of(value)));
        }
        return lines;
    }

    private static void values(SmallFloat format, int count, List<String> lines) {
        for (int bits = 0; bits < count; bits++) {
            lines.add(String.format(
                    "%016x %016x",
                    Double.doubleToRawLongBits(format.toFloat(bits)),
                    Double.doubleToRawLongBits(format.halfUlp(bits))));
        }
    }

    /** In the order of {@code FORMAT_*}. */
    private static void fills(long seed, List<String> lines) {
        each(lines, i -> Counter.bf16Normal(seed, i) & 0xFFFFL);
        each(lines, i -> SmallFloat.FP16.of(Counter.normal(seed, i)));
        each(lines, i -> Float.floatToRawIntBits(Counter.tf32Normal(seed, i)) & 0xFFFFFFFFL);
        each(lines, i -> Float.floatToRawIntBits((float) Counter.fineNormal(seed, i)) & 0xFFFFFFFFL);
        each(lines, i -> Double.doubleToRawLongBits(Counter.fineNormal(seed, i)));
        each(lines, i -> SmallFloat.E4M3.of(Counter.normal(seed, i)));
        each(lines, i -> SmallFloat.E5M2.of(Counter.normal(seed, i)));
        each(lines, i -> Counter.int8Uniform(seed, i) & 0xFFL);
    }

    private static void each(List<String> lines, LongUnaryOperator bits) {
        for (int i = 0; i < FILLED; i++) {
            lines.add(Long.toHexString(bits.applyAsLong(i)));
        }
    }
}
