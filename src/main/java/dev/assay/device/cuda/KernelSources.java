package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.measurement.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels as text, from the resources.
 *
 * @param program what is compiled
 * @param headers what it includes, by the name it uses
 */
record KernelSources(String program, Map<String, String> headers) {
    static final String FOLDER = "/dev/assay/native/";

    static KernelSources fromResources(KernelProgram program) {
        Map<String, String> headers = new LinkedHashMap<>();
        program.included().forEach(name -> headers.put(name, text(name)));
        return new KernelSources(text(program.source()), headers);
    }

    /** What Maven packed where nvcc was present. */
    static Optional<byte[]> fatbin(KernelProgram program) {
        return resource(program.fatbin());
    }

    /** SHA-256 over everything that decides the machine code. */
    String hash(String architecture, List<String> options, String compiler) {
        MessageDigest digest = Sha256.start();
        update(digest, program);
        headers.forEach((name, text) -> {
            update(digest, name);
            update(digest, text);
        });
        options.forEach(option -> update(digest, option));
        update(digest, architecture);
        update(digest, compiler);
        return Sha256.hex(digest);
    }

    private static void update(MessageDigest digest, String part) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static String text(String name) {
        byte[] bytes = resource(name)
                .orElseThrow(() -> new DeviceException(
                        "reading the kernels: " + FOLDER + name + " is not on the class path; is the jar whole?"));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Optional<byte[]> resource(String name) {
        try (InputStream in = KernelSources.class.getResourceAsStream(FOLDER + name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new DeviceException("reading the kernels: " + FOLDER + name, e);
        }
    }
}
