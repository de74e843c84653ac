package dev.assay.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.assay.cluster.DeviceKind;
import dev.assay.host.HostCpus;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.StrictJson;
import dev.assay.measurement.Unit;
import dev.assay.workload.HostLaunch;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JMH in a JVM beside every rank. Ranks of a host begin each benchmark together, as all of them launch at once in training.
 * The JVM is fresh so that what the worker compiled has no say, and separate so that JMH is not on the worker's class path.
 */
final class LaunchRunner implements Runner {
    private static final String BENCHMARKS = "dev.assay.benchmark.HostBenchmarks";

    /** The folder beside the jar or folder that the worker lies in. */
    private static final String FOLDER = "jmh";

    /** Results of a benchmark are checked, its memory filled; JMH itself takes its time as well. */
    private static final double AROUND = 5;

    /** The child's deadline is shorter than the watchdog's, so that the child's log is told. */
    private static final double TO_TELL = 5;

    private final RankContext context;
    private final HostLaunch launch;
    private final Group host;

    LaunchRunner(RankContext context, HostLaunch launch) {
        this.context = context;
        this.launch = launch;
        int perNode = context.spec().gpusPerNode();
        host = context.spec().loopback()
                ? context.world().all()
                : new Group(context.world(), context.world().rank() / perNode * perNode, perNode);
    }

    @Override
    public boolean isWatchedThroughout() {
        return false;
    }

    @Override
    public void run() throws Exception {
        context.phase("prepare", TO_TELL);
        HostCpus cpus = HostCpus.of(Path.of("/proc/self/status"), Path.of("/sys"));
        int threads = threads(cpus);
        List<Check> checks;
        try (BenchmarkChild child =
                BenchmarkChild.start(command(), context.environment().benchmarkLog())) {
            checks = benchmark(child, threads);
        }
        Conditions conditions = new Conditions(cpus, threads);
        String json = Files.readString(context.environment().benchmarks());
        measurements(JmhResult.parse(json), launch, conditions).forEach(context.writer()::write);
        checks.forEach(context.writer()::write);
    }

    /** Ranks that may run on the same CPUs share them out. */
    private int threads(HostCpus cpus) {
        byte[] mine = cpus.allowed().getBytes(StandardCharsets.UTF_8);
        long sharers = host.allGather("CPUs", mine).stream()
                .filter(theirs -> new String(theirs, StandardCharsets.UTF_8).equals(cpus.allowed()))
                .count();
        return (int) Math.max(1, Runtime.getRuntime().availableProcessors() / sharers);
    }

    private List<Check> benchmark(BenchmarkChild child, int threads) throws InterruptedException {
        child.expect("ready", context.within(0));
        double seconds = launch.benchmarkSeconds() + AROUND;
        for (HostBenchmark each : HostBenchmark.values()) {
            context.phase("measure " + each.className(), seconds + TO_TELL);
            host.barrier(each.className());
            child.say(each.className() + " " + (each.onAllCpus() ? threads : 1));
            child.expect("done", context.within(seconds));
        }
        context.phase("results", TO_TELL);
        child.say("end");
        List<Check> checks = checks(child.answer(context.within(0)));
        child.awaitEnd();
        return checks;
    }

    private static List<Check> checks(String json) {
        try {
            return StrictJson.mapper().readValue(json, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new WorkerException(
                    "reading the benchmarks' checks: found \"" + json + "\": " + e.getOriginalMessage()
                            + "; expected a list of checks",
                    e);
        }
    }

    /** What is beside every number. */
    record Conditions(HostCpus cpus, int threads) {
        Map<String, String> of(HostBenchmark benchmark, HostLaunch launch, JmhResult result) {
            Map<String, String> conditions = new TreeMap<>();
            conditions.put("jmh", result.version());
            conditions.put("cpus", cpus.allowed());
            conditions.put("governor", cpus.governor());
            conditions.put("threads", Integer.toString(result.threads()));
            if (benchmark == HostBenchmark.GEMM_ENQUEUE) {
                conditions.put("shape", launch.gemm().shape());
                conditions.put("dtype", launch.gemm().precision().key());
            }
            return conditions;
        }
    }

    /** @throws WorkerException where a benchmark has not exactly one result with as many iterations as were asked for */
    static List<Measurement> measurements(List<JmhResult> results, HostLaunch launch, Conditions beside) {
        if (results.size() != HostBenchmark.values().length) {
            throw unexpected(results.size() + " benchmarks", Integer.toString(HostBenchmark.values().length));
        }
        List<Measurement> measurements = new ArrayList<>();
        for (HostBenchmark benchmark : HostBenchmark.values()) {
            List<JmhResult> found = results.stream().filter(benchmark::isOf).toList();
            int threads = benchmark.onAllCpus() ? beside.threads() : 1;
            if (found.size() != 1 || !found.get(0).has(launch.samples(), threads)) {
                throw unexpected(
                        found.stream().map(JmhResult::words).toList() + " of " + benchmark.className(),
                        "one with " + launch.samples() + " iterations of " + threads + " threads");
            }
            measurements.addAll(measurements(benchmark, found.get(0), launch, beside));
        }
        return measurements;
    }

    private static WorkerException unexpected(String found, String expected) {
        return new WorkerException("reading JMH's results: found " + found + ", expected " + expected
                + "; look at rank-N.jmh.json and rank-N.jmh.log");
    }

    private static List<Measurement> measurements(
            HostBenchmark benchmark, JmhResult result, HostLaunch launch, Conditions beside) {
        double factor = benchmark.onAllCpus()
                ? launch.movedPerThread(result.threads()) / 1e9
                : benchmark.metric().unit() == Unit.MICROSECOND ? 1e-3 : 1;
        List<Measurement> all = new ArrayList<>();
        Map<String, String> conditions = beside.of(benchmark, launch, result);
        all.add(scored(benchmark, "mean", result.iterations(), factor, conditions));
        if (benchmark.sampled()) {
            all.add(scored(benchmark, "p50", List.of(result.percentile("50.0")), factor, conditions));
            all.add(scored(benchmark, "p99", List.of(result.percentile("99.0")), factor, conditions));
        }
        return all;
    }

    private static Measurement scored(
            HostBenchmark benchmark, String score, List<Double> values, double factor, Map<String, String> beside) {
        Map<String, String> conditions = new TreeMap<>(beside);
        conditions.put("score", score);
        List<Double> samples = values.stream().map(value -> value * factor).toList();
        return Measurement.of(benchmark.metric(), samples, conditions);
    }

    /** The worker's own Java and class path, and the folder with JMH. */
    private List<String> command() {
        RankEnvironment environment = context.environment();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions());
        command.add("-XX:ErrorFile=" + environment.folder().resolve("hs_err_%p.log"));
        // JMH would refuse to run beside the other ranks' JMH.
        command.add("-Djmh.ignoreLock=true");
        command.add("-Dfile.encoding=UTF-8");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path") + File.pathSeparator + folder() + File.separator + "*");
        command.add(BENCHMARKS);
        command.add(environment.spec().toString());
        command.add(environment.node());
        command.add(Integer.toString(environment.gpu()));
        command.add(environment.benchmarks().toString());
        return command;
    }

    /** What is copied must fit into the old generation, two thirds of the heap. */
    private List<String> jvmOptions() {
        long mebibytes = 3 * (launch.copyBytes() >> 20);
        return context.spec().device() == DeviceKind.REFERENCE
                ? List.of("-Xmx" + (64 + mebibytes) + "m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                : List.of("-Xmx" + (1024 + mebibytes) + "m", "-XX:+UseSerialGC");
    }

    private static Path folder() {
        try {
            Path here = Path.of(LaunchRunner.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path folder = here.resolveSibling(FOLDER);
            if (!Files.isDirectory(folder)) {
                throw new WorkerException("looking for JMH: there is no folder " + folder + " beside the worker's "
                        + here.getFileName() + "; was it left out of this installation?");
            }
            return folder;
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where does the worker come from?", e);
        }
    }
}
