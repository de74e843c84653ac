package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Headers of the kernels in a program for the host, by its compiler: what they compute needs no GPU. */
final class HostProgram {
    private static final Path COMPILER = Path.of("/usr/bin/g++");

    private HostProgram() {}

    static boolean compilerIsHere() {
        return Files.isExecutable(COMPILER);
    }

    /** The lines that it prints. */
    static List<String> run(Path directory, String program, List<String> headers, List<String> arguments)
            throws IOException, InterruptedException {
        KernelSources sources = KernelSources.fromResources(KernelProgram.MEASURING);
        for (String header : headers) {
            Files.writeString(
                    directory.resolve(header), String.valueOf(sources.headers().get(header)));
        }
        Files.writeString(directory.resolve("main.cpp"), program);
        run(directory, List.of(COMPILER.toString(), "-std=c++17", "-O1", "-o", "main", "main.cpp"));
        List<String> command = new ArrayList<>(List.of(directory.resolve("main").toString()));
        command.addAll(arguments);
        return run(directory, command);
    }

    /** What a command prints, a line each; it must end well. */
    static List<String> run(Path directory, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command.get(0), output).isZero();
        return output.lines().toList();
    }
}
