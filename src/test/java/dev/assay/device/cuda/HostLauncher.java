package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import dev.assay.device.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Runs the kernels of a training step on the host, compiled by its own compiler; see {@code host-cuda.hpp}. */
final class HostLauncher implements KernelLauncher, AutoCloseable {
    private static final Pattern KERNEL =
            Pattern.compile("__global__ void (?:__launch_bounds__\\(\\w+\\) )?(assay_\\w+)\\(");
    private static final Map<Integer, String> TROUBLE = Map.of(
            1, "there is no such kernel",
            2, "not all threads reached a barrier",
            3, "it has another number of arguments");

    private final NativeLibrary library;

    private HostLauncher(NativeLibrary library) {
        this.library = library;
    }

    static HostLauncher compile(Path directory) throws IOException, InterruptedException {
        KernelSources sources = KernelSources.fromResources(KernelProgram.TRAINING);
        StringBuilder program = new StringBuilder("#include \"host-cuda.hpp\"\n");
        StringBuilder choice =
                new StringBuilder("extern \"C\" int run(const char* name, unsigned blocks, unsigned threads,"
                        + " int count, const unsigned long long* arguments) {\n");
        for (Map.Entry<String, String> source : sources.headers().entrySet()) {
            Files.writeString(directory.resolve(source.getKey()), source.getValue());
            if (source.getKey().matches("training_\\w+\\.cu")) {
                program.append("#include \"").append(source.getKey()).append("\"\n");
                KERNEL.matcher(source.getValue())
                        .results()
                        .map(match -> match.group(1))
                        .forEach(kernel -> choice.append("    if (!std::strcmp(name, \"" + kernel
                                + "\")) return host_launch(" + kernel + ", blocks, threads, count, arguments);\n"));
            }
        }
        Files.writeString(directory.resolve("host-cuda.hpp"), text("/dev/assay/native/host-cuda.hpp"));
        Files.writeString(directory.resolve("main.cpp"), program.append(choice).append("    return 1;\n}\n"));
        Path output = directory.resolve("kernels.so");
        HostProgram.run(
                directory,
                List.of(
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
        return new HostLauncher(NativeLibrary.getInstance(output.toString()));
    }

    @Override
    public void launch(String kernel, long blocks, int threadsPerBlock, Stream stream, long... arguments) {
        int status = library.getFunction("run")
                .invokeInt(
                        new Object[] {kernel, Math.toIntExact(blocks), threadsPerBlock, arguments.length, arguments});

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
