package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.measurement.Library;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The site's own compiler, at run time. */
final class NvrtcCompiler {
    private static final List<String> SONAMES = List.of("libnvrtc.so.13", "libnvrtc.so.12");

    private static Optional<NvrtcCompiler> loaded = Optional.empty();

    private final LoadedLibrary library;
    private final String version;

    /** Held, because JNA closes a library that nobody holds. */
    private final Optional<LoadedLibrary> builtins;

    private NvrtcCompiler(LoadedLibrary library, String version, Optional<LoadedLibrary> builtins) {
        this.library = library;
        this.version = version;
        this.builtins = builtins;
    }

    /** Loads once a process; the directories of the first call count. */
    static synchronized NvrtcCompiler load(List<String> directories) {
        if (loaded.isEmpty()) {
            LoadedLibrary library = Libraries.find("the run-time compiler NVRTC", SONAMES, directories);
            Nvrtc.register(library.library());
            String version = nvrtcVersion();
            Optional<LoadedLibrary> builtins = builtins(library, version, directories);
            loaded = Optional.of(new NvrtcCompiler(library, version, builtins));
        }
        return loaded.orElseThrow();
    }

    /** NVRTC, and its built-in headers where they were loaded by hand. */
    List<Library> toLibraries() {
        return Stream.concat(
                        Stream.of(library.toLibrary("NVRTC", version)),
                        builtins.stream().map(headers -> headers.toLibrary("NVRTC built-ins", version)))
                .toList();
    }

    LoadedLibrary library() {
        return library;
    }

    String version() {
        return version;
    }

    /**
     * Machine code for one architecture.
     *
     * @param options of NVRTC, the architecture among them
     */
    byte[] compile(KernelSources sources, List<String> options) {
        try (NativeStrings names =
                        new NativeStrings(List.copyOf(sources.headers().keySet()));
                NativeStrings texts =
                        new NativeStrings(List.copyOf(sources.headers().values()));
                NativeStrings arguments = new NativeStrings(options)) {
            long[] program = new long[1];
            check(
                    Nvrtc.nvrtcCreateProgram(
                            program,
                            NativeStrings.terminated(sources.program()),
                            NativeStrings.terminated("kernels.cu"),
                            sources.headers().size(),
                            texts.address(),
                            names.address()),
                    "nvrtcCreateProgram");
            try {
                return compile(program[0], options, arguments.address());
            } finally {
                Nvrtc.nvrtcDestroyProgram(program);
            }
        }
    }

    private static byte[] compile(long program, List<String> options, long arguments) {
        int status = Nvrtc.nvrtcCompileProgram(program, options.size(), arguments);
        if (status != Nvrtc.NVRTC_SUCCESS) {
            throw new DeviceException("compiling the kernels with " + options + ": "
                    + describe(status, "nvrtcCompileProgram") + "\n" + log(program));
        }
        return cubin(program);
    }

    private static byte[] cubin(long program) {
        long[] size = new long[1];
        check(Nvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
        byte[] cubin = new byte[Math.toIntExact(size[0])];
        check(Nvrtc.nvrtcGetCUBIN(program, cubin), "nvrtcGetCUBIN");
        return cubin;
    }

    private static String log(long program) {
        long[] size = new long[1];
        check(Nvrtc.nvrtcGetProgramLogSize(program, size), "nvrtcGetProgramLogSize");
        byte[] log = new byte[Math.max(1, Math.toIntExact(size[0]))];
        check(Nvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
        return NativeStrings.decode(log);
    }

    private static String nvrtcVersion() {
        int[] major = new int[1];
        int[] minor = new int[1];
        check(Nvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
        return major[0] + "." + minor[0];
    }

    /**
     * NVRTC opens {@code libnvrtc-builtins.so.MAJOR.MINOR} by its bare name when it first compiles; loaded before, from beside
     * NVRTC, it is found wherever it lies. Where none lies there the loader's path is left to decide.
     */
    private static Optional<LoadedLibrary> builtins(LoadedLibrary library, String version, List<String> directories) {
        String wanted = "libnvrtc-builtins.so." + version;
        Stream<Path> beside = Optional.ofNullable(Path.of(library.path()).getParent()).stream();
        List<String> holding = Stream.concat(beside, directories.stream().map(Path::of))
                .filter(directory -> Files.exists(directory.resolve(wanted)))
                .map(Path::toString)
                .toList();
        return holding.isEmpty()
                ? Optional.empty()
                : Optional.of(Libraries.find("NVRTC's built-in headers", List.of(wanted), holding));
    }

    private static void check(int status, String call) {
        if (status != Nvrtc.NVRTC_SUCCESS) {
            throw new DeviceException(describe(status, call));
        }
    }

    private static String describe(int status, String call) {
        return call + ": " + Cuda.string(Nvrtc.nvrtcGetErrorString(status)) + " (" + status + ")";
    }
}
