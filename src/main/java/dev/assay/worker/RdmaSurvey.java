package dev.assay.worker;

import dev.assay.cluster.DeviceKind;
import dev.assay.host.RdmaNics;
import dev.assay.workload.Rdma;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this node has for perftest: the programs on the worker's PATH, NICs of the line rate, a way into GPU memory. */
final class RdmaSurvey {
    private static final String BANDWIDTH = "ib_write_bw";
    private static final String LATENCY = "ib_write_lat";
    private static final String BY_BUS_ID = "--use_cuda_bus_id";
    private static final String BY_DMABUF = "--use_cuda_dmabuf";

    /** Programs that only print. */
    private static final Duration TO_PRINT = Duration.ofSeconds(10);

    private static final Pattern VERSION = Pattern.compile("Version: *(\\S+)");

    private final Site site;
    private final Path logs;

    /** @param logs a folder for what the programs print */
    RdmaSurvey(Site site, Path logs) {
        this.site = site;
        this.logs = logs;
    }

    /**
     * Where things lie on a node.
     *
     * @param sys where sysfs is mounted
     * @param path folders of programs, as in the variable PATH
     * @param toStart how long a server of perftest may take until it listens
     */
    record Site(Path sys, String path, Duration toStart) {
        static Site real() {
            return new Site(
                    Path.of("/sys"), Optional.ofNullable(System.getenv("PATH")).orElse(""), Duration.ofSeconds(15));
        }
    }

    RdmaNode look(RankContext context, Rdma rdma) throws IOException, InterruptedException {
        String node = context.spec()
                .nodes()
                .get(context.world().rank() / context.spec().gpusPerNode());
        Optional<World.Route> route = context.world().route();
        Optional<Path> bandwidth = find(BANDWIDTH);
        Optional<Path> latency = find(LATENCY);
        RdmaNics found = RdmaNics.read(site.sys(), rdma.gigabitsPerSecond());
        String help = bandwidth.isPresent() ? printed(bandwidth.get(), "--help") : "";
        Gpu gpu = gpu(help, context);
        return new RdmaNode(
                node,
                route.map(World.Route::own).orElse(""),
                route.map(World.Route::hub).orElse(""),
                problem(bandwidth, latency, help, found, rdma),
                found.nics(),
                found.others(),
                bandwidth.map(Path::toString).orElse(""),
                latency.map(Path::toString).orElse(""),
                bandwidth.isPresent() ? version(bandwidth.get()) : "",
                gpu.options(),
                gpu.problem());
    }

    private String problem(Optional<Path> bandwidth, Optional<Path> latency, String help, RdmaNics found, Rdma rdma) {
        if (bandwidth.isEmpty() || latency.isEmpty()) {
            return (bandwidth.isEmpty() ? BANDWIDTH : LATENCY)
                    + " is not on the worker's PATH; install perftest on the nodes (the package perftest of Debian, Ubuntu,"
                    + " RHEL and DOCA-OFED), or put its folder on the PATH by the cluster file's modules; a site's criteria"
                    + " file changes limits and leaves no criterion out: without perftest select the other families"
                    + " (-Dit.groups), which is PARTIAL at best";
        }
        if (!help.contains("--report_gbits")) {
            return bandwidth.get() + " --help does not tell of --report_gbits, so it is no perftest that can be read";
        }
        return found.nics().isEmpty()
                ? "no RDMA port is active at " + rdma.gigabitsPerSecond() + " Gb/s: "
                        + String.join("; ", found.others())
                : "";
    }

    /** Options without the GPU's own, or why there are none. */
    private record Gpu(List<String> options, String problem) {}

    /** By nvidia_peermem where it is loaded, else by dma-buf where perftest can; latency is always of host memory. */
    private Gpu gpu(String help, RankContext context) {
        if (context.spec().device() == DeviceKind.REFERENCE) {
            return new Gpu(List.of(), "the reference device has no GPU memory");
        }
        if (!help.contains(BY_BUS_ID)) {
            return new Gpu(List.of(), "this perftest was built without CUDA: its --help has no " + BY_BUS_ID);
        }
        if (Files.isDirectory(site.sys().resolve("module/nvidia_peermem"))) {
            return new Gpu(List.of(BY_BUS_ID), "");
        }
        return help.contains(BY_DMABUF)
                ? new Gpu(List.of(BY_BUS_ID, BY_DMABUF), "")
                : new Gpu(List.of(), "nvidia_peermem is not loaded and this perftest has no " + BY_DMABUF);
    }

    private Optional<Path> find(String program) {
        return Arrays.stream(site.path().split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder).resolve(program).toAbsolutePath())
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private String version(Path program) throws IOException, InterruptedException {
        Matcher matcher = VERSION.matcher(printed(program, "--version"));
        return matcher.find() ? matcher.group(1) : "(no version)";
    }

    private String printed(Path program, String option) throws IOException, InterruptedException {
        Path output = Files.createTempFile(logs, "asked", ".txt");
        try (ChildProcess child = ChildProcess.start(new ArrayList<>(List.of(program.toString(), option)), output)) {
            child.ended(TO_PRINT);
            return child.output();
        }
    }
}
