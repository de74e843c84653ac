package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import dev.assay.device.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Runs the kernels of a training step on the host, compiled by its own compiler; see {@code host-cuda.hpp}. */
final class HostLauncher implements KernelLauncher, AutoCloseable {
    private static final Pattern KERNEL =
            Pattern.compile("__global__ void (?:__launch_bounds__\\([\\w, ]+\\) )?(assay_\\w+)\\(");
    private static final Map<Integer, String> TROUBLE = Map.of(
            1, "there is no such kernel",
            2, "not all threads reached a barrier",
            3, "it has another number of arguments",
            4, "outside the shared memory of the launch, or misaligned",
            5, "copies or products were never waited for",
            6, "products without a fence before them",
            7, "products of what was copied without a fence behind it",
            8, "eight rows of a matrix share a bank");

    private final NativeLibrary library;

    private HostLauncher(NativeLibrary library) {
        this.library = library;
    }

    /** @param options of g++ beside its own, such as which of two ways kernels shall go */
    static HostLauncher compile(Path directory, String... options) throws IOException, InterruptedException {
        KernelSources sources = KernelSources.fromResources(KernelProgram.TRAINING);
        StringBuilder program = new StringBuilder("#include \"host-cuda.hpp\"\n");
        StringBuilder choice =
                new StringBuilder("extern \"C\" int run(const char* name, unsigned blocks, unsigned threads,"
                        + " unsigned shared, int count, const unsigned long long* arguments) {\n");
        for (Map.Entry<String, String> source : sources.headers().entrySet()) {
            Files.writeString(directory.resolve(source.getKey()), source.getValue());
            if (source.getKey().matches("training_\\w+\\.cu")) {
                program.append("#include \"").append(source.getKey()).append("\"\n");
                KERNEL.matcher(source.getValue())
                        .results()
                        .map(match -> match.group(1))
                        .forEach(kernel ->
                                choice.append("    if (!std::strcmp(name, \"" + kernel + "\")) return host_launch("
                                        + kernel + ", blocks, threads, shared, count, arguments);\n"));
            }
        }
        Files.writeString(directory.resolve("host-cuda.hpp"), text("/dev/assay/native/host-cuda.hpp"));
        Files.writeString(directory.resolve("main.cpp"), program.append(choice).append("    return 1;\n}\n"));
        Path output = directory.resolve("kernels.so");
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/g++",
                "-std=c++17",
                "-O1",
                "-w",
                "-fPIC",
                "-shared",
                "-ffp-contract=off",
                "-fno-strict-aliasing",
                "-fsanitize=alignment,bounds,shift",
                "-fsanitize-undefined-trap-on-error",
                "-o",
                output.toString(),
                "main.cpp"));
        command.addAll(List.of(options));
        HostProgram.run(directory, command);
        return new HostLauncher(NativeLibrary.getInstance(output.toString()));
    }

    @Override
    public void launch(
            String kernel, long blocks, int threadsPerBlock, int sharedBytes, Stream stream, long... arguments) {
        int status = library.getFunction("run").invokeInt(new Object[] {
            kernel, Math.toIntExact(blocks), threadsPerBlock, sharedBytes, arguments.length, arguments
        });

        assertThat(status)
                .as("%s by %d blocks of %d: %s", kernel, blocks, threadsPerBlock, TROUBLE.get(status))
                .isZero();
    }

    @Override
    public void close() {
        library.close();
    }

    private static String text(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(HostLauncher.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
