package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.Health;
import dev.assay.device.Telemetry;
import dev.assay.measurement.Failure;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.ResultWriter;
import dev.assay.plan.Spec;
import dev.assay.plan.SpecFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/**
 * One rank, from its environment to its sealed result. Exit codes: 0 done, 64 cannot even start, 70 a failure was written, 75
 * the watchdog ended it.
 */
public final class Worker {
    static final int DONE = 0;
    static final int CANNOT_START = 64;
    static final int FAILED = 70;

    /** Long enough for an error of the library to tell more than "a peer is gone". */
    private static final Duration GRACE_AFTER_LOSS = Duration.ofSeconds(40);

    /** A disk that takes longer has hung as well. */
    private static final Duration TO_SEAL = Duration.ofSeconds(10);

    /** What waits with a deadline of its own knows best whom it waited for, and speaks before the watchdog does. */
    private static final Duration TO_TELL = Duration.ofSeconds(5);

    /** So long a failing rank listens whether a peer has gone before it. */
    private static final Duration NEWS_OF_PEERS = Duration.ofMillis(300);

    private static final String HELP = """
            assay-worker: runs one rank of a launch.
              A launcher starts it with ASSAY_SPEC, ASSAY_RANK, ASSAY_LOCAL_RANK, ASSAY_NODE, ASSAY_SECRET_FILE, ASSAY_CANARY
              and, where the device's ordinal is not the local rank, ASSAY_GPU.
              By hand:  assay-worker SPEC   runs the spec on one device by itself; ASSAY_GPU chooses it (default 0).
              The result, rank-0.ndjson, is written beside SPEC.
            Exit codes: 0 done, 64 cannot start, 70 failed (the result says why), 75 ended by its watchdog.""";

    private Worker() {}

    public static void main(String[] arguments) {
        ProcessEnd.now(start(arguments, System.getenv()));
    }

    /** Runs one rank on the device that the factory opens; returns the exit code. */
    public static int run(RankEnvironment environment, DeviceFactory devices) {
        return run(environment, devices, ProcessEnd::now);
    }

    static int run(RankEnvironment environment, DeviceFactory devices, IntConsumer halt) {
        try {
            Spec spec = SpecFile.read(environment.spec());
            Spec mine = environment.secretFile().isPresent() ? spec : LoneSpec.of(spec);
            Identity.requirePlaced(mine, environment);
            Files.deleteIfExists(environment.phase());
            try (ResultWriter writer = ResultWriter.open(environment.result(), Identity.header(mine, environment))) {
                return run(mine, environment, devices, writer, halt);
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException | WorkerException e) {
            System.err.println("assay-worker: " + environment.words() + " cannot start: " + e.getMessage()
                    + "; does this node share the run folder (-Dassay.home=)?");
            return CANNOT_START;
        }
    }

    private static int run(
            Spec spec, RankEnvironment environment, DeviceFactory devices, ResultWriter writer, IntConsumer halt) {
        Duration limit = limit(spec);
        try (Watchdog watchdog = new Watchdog(environment, writer, Thread.currentThread(), halt, limit, TO_SEAL)) {
            try {
                watchdog.phase("device", limit);
                requireSharedFolder(environment);
                Device device = devices.open(spec, environment);
                writer.write(device.identity());
                Room.require(spec.workload(), together(spec, environment), device.identity(), environment);
                watchdog.phase("rendezvous", limit.plus(TO_TELL));
                meetAndWork(spec, environment, device, writer, watchdog);
                device.close();
                return DONE;
            } catch (Exception | LinkageError | OutOfMemoryError e) {
                return failed(environment, writer, watchdog.phase(), e);
            }
        }
    }

    /** Ranks of this one's communicator. */
    private static int together(Spec spec, RankEnvironment environment) {
        return Identity.communicator(spec, environment.rank()).size();
    }

    private static Duration limit(Spec spec) {
        return Duration.ofMillis(Math.round(1000 * spec.phaseDeadlineSeconds()));
    }

    private static void meetAndWork(
            Spec spec, RankEnvironment environment, Device device, ResultWriter writer, Watchdog watchdog)
            throws Exception {
        Meeting meeting = Meeting.of(spec, environment, secret(environment));
        double patience = spec.phaseDeadlineSeconds() + spec.warmUpSeconds() + 3 * spec.measuredSeconds();
        Duration operation = Duration.ofMillis(Math.round(1000 * patience));
        World world = new World(meeting, operation, lost -> watchdog.lost(lost, GRACE_AFTER_LOSS));
        watchdog.waitingFor(world::waitingFor);
        Rendezvous.meet(meeting, world, limit(spec));
        Health health = device.newHealth();
        watchdog.reported(() -> HealthLines.words(health.alarms()));
        try {
            Owned owned = new Owned();
            RankContext context = new RankContext(
                    environment,
                    spec,
                    device,
                    world,
                    world.group(Identity.communicator(spec, environment.rank())),
                    owned,
                    writer,
                    watchdog);
            watched(health, context);
            watchdog.phase("done", operation.plus(TO_TELL));
            world.all().barrier("done");
            writer.finish();
            world.close();
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            String peer = world.lost(NEWS_OF_PEERS)
                    .filter(words -> !words(e).contains(words))
                    .map(words -> "; " + words)
                    .orElse("");
            String beside = Room.words(e, spec.workload(), together(spec, environment))
                    + HealthLines.words(health.alarms())
                    + watchdog.trouble(words(e))
                    + peer;
            keep(environment, writer, watchdog.phase(), e, beside);
            world.abandon(watchdog.phase(), words(e) + Room.words(e, spec.workload(), together(spec, environment)));
            throw e;
        }
    }

    /** Every workload has its device's health around it; after a failure the health is left alone like all that is owned. */
    private static void watched(Health health, RankContext context) throws Exception {
        context.phase("health before", 0);
        health.begin();
        work(Runner.of(context), context);
        context.owned().close();
        context.phase("health after", 0);
        HealthLines.write(context.writer(), health.end());
        health.close();
    }

    private static void work(Runner runner, RankContext context) throws Exception {
        if (!runner.isWatchedThroughout()) {
            runner.run();
            return;
        }
        Telemetry telemetry = context.owned().own(context.device().newTelemetry());
        long began = System.nanoTime();
        telemetry.begin();
        runner.run();
        Telemetry.Window window = telemetry.end();
        TelemetryLines.writeThroughout(context.writer(), window, (System.nanoTime() - began) / 1e9);
    }

    private static int failed(RankEnvironment environment, ResultWriter writer, String phase, Throwable error) {
        error.printStackTrace();
        System.err.println("assay-worker: " + environment.words() + " failed in phase " + phase + ": " + words(error));
        keep(environment, writer, phase, error, "");
        return FAILED;
    }

    /** Seals what was measured so far with the reason why there is no more. */
    private static void keep(
            RankEnvironment environment, ResultWriter writer, String phase, Throwable error, String peer) {
        if (writer.isSealed()) {
            return;
        }
        String what = error instanceof WorkerException ? "" : environment.words() + " in phase " + phase + ": ";
        String where = "; the whole story is in rank-" + environment.rank() + ".log";
        try {
            writer.failed(new Failure(phase, what + words(error) + peer + where));
        } catch (UncheckedIOException | IllegalStateException e) {
            System.err.println("assay-worker: " + environment.words() + " could not keep its failure: " + e);
        }
    }

    private static String words(Throwable error) {
        String message = error.getMessage();
        String kind = error.getClass().getSimpleName();
        return message == null ? kind : error instanceof WorkerException ? message : kind + ": " + message;
    }

    private static void requireSharedFolder(RankEnvironment environment) throws IOException {
        if (environment.canary().isPresent()) {
            Path canary = environment.canary().get();
            if (!Files.isReadable(canary) || Files.size(canary) == 0) {
                throw new WorkerException(environment.words() + " looking for the run's canary " + canary
                        + ": not there or empty on this node; the run folder must lie on a file system that all nodes"
                        + " share (-Dassay.home=)");
            }
        }
    }

    private static Meeting.Secret secret(RankEnvironment environment) throws IOException {
        if (environment.secretFile().isEmpty()) {
            return new Meeting.Secret(new byte[0]);
        }
        byte[] secret = Files.readAllBytes(environment.secretFile().get());
        if (secret.length < 16) {
            throw new WorkerException("reading the run's secret "
                    + environment.secretFile().get() + ": must have at least 16 bytes, got " + secret.length);
        }
        return new Meeting.Secret(secret);
    }

    /** NCCL would read another environment than the spec says, and measure something else under its name. */
    static void requireVariant(Path spec, Map<String, String> variables) {
        LaunchVariant variant = SpecFile.read(spec).variant();
        variant.missing(variables).ifPresent(missing -> {
            throw new WorkerException("starting a launch of the variant " + variant.key() + ": " + missing
                    + "; look at the launch's environment file and the modules that rank.sh loads, or export "
                    + variant.words() + " where you start the worker by hand");
        });
    }

    private static int start(String[] arguments, Map<String, String> variables) {
        try {
            if (arguments.length == 0 && variables.containsKey("ASSAY_SPEC")) {
                RankEnvironment environment = RankEnvironment.fromEnvironment(variables);
                requireVariant(environment.spec(), variables);
                return run(environment, DeviceFactory::real);
            }
            if (arguments.length == 1 && !arguments[0].startsWith("-")) {
                Path spec = Path.of(arguments[0]);
                requireVariant(spec, variables);
                String node = SpecFile.read(spec).nodes().get(0);
                String gpu = variables.getOrDefault("ASSAY_GPU", "0");
                return run(
                        RankEnvironment.alone(spec, node, OptionalInt.of(Integer.parseUnsignedInt(gpu))),
                        DeviceFactory::real);
            }
        } catch (WorkerException | UncheckedIOException | IllegalArgumentException e) {
            System.err.println("assay-worker: " + e.getMessage());
            return CANNOT_START;
        }
        System.err.println(HELP);
        return arguments.length == 1 && arguments[0].equals("--help") ? DONE : CANNOT_START;
    }
}
