package dev.assay.benchmark;

import dev.assay.device.Device;
import dev.assay.measurement.StrictJson;
import dev.assay.plan.Spec;
import dev.assay.plan.SpecFile;
import dev.assay.worker.DeviceFactory;
import dev.assay.worker.RankEnvironment;
import dev.assay.workload.HostLaunch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs benchmarks as the worker that started this process asks for them. This process is JMH's fork: forking once more would
 * open the GPU anew for each benchmark, and leave the ranks of a node no common start.
 *
 * <p>Standard input brings a line {@code BENCHMARK THREADS} for each benchmark, and {@code end}; standard output answers
 * {@code ready}, then {@code done} to each, at last the checks as JSON. All else that is printed goes to standard error. When
 * standard input ends unasked, the worker is gone and so is this process.
 */
public final class HostBenchmarks {
    private static final int FAILED = 70;
    private static final int ORPHANED = 75;
    private static final String END = "end";

    private HostBenchmarks() {}

    /** @param arguments spec, node, ordinal of the device, file for JMH's JSON */
    public static void main(String[] arguments) {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        try {
            Path spec = Path.of(arguments[0]);
            OptionalInt gpu = OptionalInt.of(Integer.parseInt(arguments[2]));
            serve(spec, RankEnvironment.alone(spec, arguments[1], gpu), Path.of(arguments[3]), asked(), answers);
            end(0);
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            e.printStackTrace();
            end(FAILED);
        }
    }

    private static void serve(
            Path specFile, RankEnvironment environment, Path json, BlockingQueue<String> asked, PrintStream answers)
            throws IOException, InterruptedException, RunnerException {
        Spec spec = SpecFile.read(specFile);
        if (!(spec.workload() instanceof HostLaunch launch)) {
            throw new IllegalArgumentException("running the benchmarks of " + specFile + ": its workload is "
                    + spec.workload().key() + ", expected launch");
        }
        try (Device device = DeviceFactory.real(spec, environment)) {
            Stage stage = Stage.set(device, launch, spec.seed());
            List<RunResult> results = new ArrayList<>();
            answers.println("ready");
            for (String next = asked.take(); !next.equals(END); next = asked.take()) {
                String[] words = next.split(" ", -1);
                stage.threads(Integer.parseInt(words[1]));
                results.add(new Runner(options(launch, words[0], stage.threads())).runSingle());
                answers.println("done");
            }
            ResultFormatFactory.getInstance(ResultFormatType.JSON, json.toString())
                    .writeOut(results);
            answers.println(StrictJson.mapper().writeValueAsString(stage.checks()));
        }
    }

    private static Options options(HostLaunch launch, String benchmark, int threads) {
        TimeValue each = TimeValue.microseconds(Math.round(1e6 * launch.seconds()));
        return new OptionsBuilder()
                .include("^" + HostBenchmarks.class.getPackageName() + "\\." + benchmark + "\\.measure$")
                .forks(0)
                .threads(threads)
                .warmupIterations(launch.warmUps())
                .warmupTime(each)
                .measurementIterations(launch.samples())
                .measurementTime(each)
                .shouldFailOnError(true)
                .build();
    }

    /** Lines as they come; their end is the end of this process. */
    private static BlockingQueue<String> asked() {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        Thread thread = new Thread(() -> listen(asked), "what the worker asks for");
        thread.setDaemon(true);
        thread.start();
        return asked;
    }

    private static void listen(BlockingQueue<String> asked) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                asked.add(line);
            }
        } catch (IOException e) {
            System.err.println("listening to the worker: " + e);
        }
        System.err.println("the worker that asked for benchmarks is gone");
        end(ORPHANED);
    }

    private static void end(int code) {
        System.err.flush();
        Libc._exit(code);
    }
}
