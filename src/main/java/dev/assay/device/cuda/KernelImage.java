package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.measurement.Library;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What the driver loads. */
final class KernelImage {
    private final byte[] bytes;
    private final String origin;
    private final Optional<NvrtcCompiler> compiler;

    private KernelImage(byte[] bytes, String origin, Optional<NvrtcCompiler> compiler) {
        this.bytes = bytes;
        this.origin = origin;
        this.compiler = compiler;
    }

    /**
     * Products are not fused with sums, so that fills round as Java does. Nothing is included but our own headers.
     *
     * @param architecture e.g. {@code sm_90}
     */
    static List<String> options(String architecture) {
        return List.of("--gpu-architecture=" + architecture, "--std=c++17", "--fmad=false");
    }

    /**
     * What a program is compiled for. The training kernels use what only Hopper has where it is one; {@code sm_90a} names it.
     * {@code -Dassay.warpgroups=off} takes the way of all other GPUs, to tell whether an error or a loss of speed comes from it.
     */
    static String architecture(KernelProgram program, String gpu) {
        boolean warpgroups = program.equals(KernelProgram.TRAINING)
                && gpu.equals("sm_90")
                && !"off".equals(System.getProperty("assay.warpgroups"));
        return warpgroups ? "sm_90a" : gpu;
    }

    /** Compiled on this node, from the cache or anew; the packed fatbin where there is no NVRTC. */
    static KernelImage obtain(KernelProgram program, String architecture, List<String> directories, KernelCache cache) {
        NvrtcCompiler compiler;
        try {
            compiler = NvrtcCompiler.load(directories);
        } catch (DeviceException e) {
            return packed(e, () -> KernelSources.fatbin(program));
        }
        return compiled(compiler, program, architecture, cache);
    }

    static KernelImage packed(DeviceException noCompiler, Supplier<Optional<byte[]>> fatbin) {
        return fatbin.get()
                .map(bytes -> new KernelImage(bytes, "packed fatbin", Optional.empty()))
                .orElseThrow(() -> new DeviceException(
                        "getting machine code for the kernels: no run-time compiler, and the jar was built without nvcc, so it"
                                + " has no fatbin either\n" + noCompiler.getMessage(),
                        noCompiler));
    }

    private static KernelImage compiled(
            NvrtcCompiler compiler, KernelProgram program, String architecture, KernelCache cache) {
        KernelSources sources = KernelSources.fromResources(program);
        List<String> options = options(architecture);
        String hash = sources.hash(architecture, options, "NVRTC " + compiler.version());
        byte[] cubin = cache.read(hash).orElseGet(() -> {
            byte[] fresh = compiler.compile(sources, options);
            cache.write(hash, fresh);
            return fresh;
        });
        String origin = "NVRTC " + compiler.version() + " for " + architecture + ", sources and options " + hash;
        return new KernelImage(cubin, origin, Optional.of(compiler));
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** In words, for the result. */
    String origin() {
        return origin;
    }

    /** The NVRTC that compiled it, now or for the cache; none for the fatbin. */
    List<Library> compilerLibraries() {
        return compiler.map(NvrtcCompiler::toLibraries).orElse(List.of());
    }
}
