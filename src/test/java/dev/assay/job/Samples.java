package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.LauncherKind;
import dev.assay.cluster.Nics;
import dev.assay.cluster.RankBinding;
import dev.assay.cluster.SlurmSettings;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.ResultWriter;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import dev.assay.plan.Spec;
import dev.assay.workload.Burn;
import dev.assay.workload.Gemm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Small clusters, experiments and results for the tests of this package. */
final class Samples {
    static final String RUN = "0123456789abcdef0123456789abcdef";
    static final String PLAN = "ab".repeat(32);
    static final Burn BURN = new Burn(new Gemm(64, 64, 64), 2);
    static final Patience SHORT = new Patience(
            Duration.ofMillis(200),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            Duration.ofMillis(200),
            Duration.ofMillis(500));

    private Samples() {}

    static Cluster local(int nodes, int gpus) {
        return cluster(LauncherKind.LOCAL, DeviceKind.REFERENCE, nodes, gpus, Optional.empty(), List.of(), Map.of());
    }

    static Cluster slurm(int nodes, int gpus, Optional<String> clusterName, Optional<String> configFile) {
        SlurmSettings slurm = new SlurmSettings(
                "box",
                clusterName,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("gpu"),
                configFile,
                Optional.empty());
        return cluster(LauncherKind.SLURM, DeviceKind.REFERENCE, nodes, gpus, Optional.of(slurm), List.of(), Map.of());
    }

    static Cluster cluster(
            LauncherKind launcher,
            DeviceKind device,
            int nodes,
            int gpus,
            Optional<SlurmSettings> slurm,
            List<RankBinding> bindings,
            Map<String, String> environment) {
        return new Cluster(
                "sample",
                launcher,
                device,
                IntStream.rangeClosed(1, nodes).mapToObj(i -> "n" + i).toList(),
                gpus,
                "reference",
                new Nics(0, 400),
                true,
                slurm,
                List.of(),
                environment,
                List.of(),
                Optional.empty(),
                bindings);
    }

    /** One launch over all nodes of the cluster for every name. */
    static Experiment experiment(Cluster cluster, String... launches) {
        return experiment(cluster, LaunchVariant.DEFAULT, launches);
    }

    static Experiment experiment(Cluster cluster, LaunchVariant variant, String... launches) {
        List<Launch> list = IntStream.range(0, launches.length)
                .mapToObj(i -> new Launch(launches[i], LaunchRole.LOAD, i, cluster.nodes(), 0.1, variant))
                .toList();
        return new Experiment("burn", BURN, list, cluster.gpusPerNode(), 0, 1);
    }

    /** @param phaseDeadline seconds; the launch as a whole gets a little more */
    static List<Spec> specs(Experiment experiment, double phaseDeadline) {
        return experiment.launches().stream()
                .map(launch -> new Spec(
                        Spec.SCHEMA,
                        RUN,
                        PLAN,
                        experiment.id(),
                        launch.id(),
                        launch.role(),
                        launch.repetition(),
                        experiment.workload(),
                        DeviceKind.REFERENCE,
                        launch.nodes(),
                        experiment.gpusPerNode(),
                        launch.measuredSeconds(),
                        experiment.warmUpSeconds(),
                        phaseDeadline,
                        7,
                        true,
                        List.of(),
                        launch.variant()))
                .toList();
    }

    /** Leaves the whole, sealed result of a rank at a place. */
    static void seal(Path file, Spec spec, String run, int rank) {
        Header header = new Header(
                Header.SCHEMA,
                run,
                spec.planHash(),
                spec.experiment(),
                spec.launch(),
                rank,
                spec.worldSize(),
                spec.nodes().get(rank / spec.gpusPerNode()),
                rank % spec.gpusPerNode(),
                "host",
                "boot",
                1,
                IntStream.range(0, spec.worldSize()).boxed().toList());
        try {
            Files.createDirectories(file.getParent());
            try (ResultWriter writer = ResultWriter.open(file, header)) {
                writer.write(new DeviceIdentity(
                        "reference", "reference", "GPU-" + rank, "", "", 1, 1, "", 1, List.of(), Map.of()));
                writer.finish();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sealed results of all ranks of all launches, in PREPARED/LAUNCH/rank-N.ndjson, for a script to bring into place. */
    static void prepare(Path prepared, List<Spec> specs) {
        for (Spec spec : specs) {
            for (int rank = 0; rank < spec.worldSize(); rank++) {
                seal(prepared.resolve(spec.launch()).resolve("rank-" + rank + ".ndjson"), spec, spec.runId(), rank);
            }
        }
    }

    /** A "java" that brings the prepared result into place, after the lines given; {@code $launch} and {@code $rank} are set. */
    static Path java(Path folder, Path prepared, String... lines) {
        String text = "#!/bin/bash\n"
                + "launch=$(basename \"$(dirname \"$ASSAY_SPEC\")\")\n"
                + "rank=$ASSAY_RANK\n"
                + "place() { mv \"" + prepared + "/$launch/rank-$rank.ndjson\" \"$(dirname \"$ASSAY_SPEC\")/\"; }\n"
                + String.join("\n", lines) + "\nplace\n";
        try {
            Path script = Files.writeString(folder.resolve("java"), text);
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
