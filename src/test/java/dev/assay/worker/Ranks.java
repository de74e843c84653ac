package dev.assay.worker;

import dev.assay.cluster.DeviceKind;
import dev.assay.device.RankThreads;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultReader;
import dev.assay.measurement.StrictJson;
import dev.assay.plan.Spec;
import dev.assay.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs a launch with every rank as a thread of this JVM. */
final class Ranks {
    private final Path folder;
    private final Spec spec;

    private Ranks(Path folder, Spec spec) {
        this.folder = folder;
        this.spec = spec;
    }

    static Ranks of(Path folder, Workload workload, LaunchRole role, int nodes, int perNode) throws IOException {
        return of(folder, workload, role, LaunchVariant.DEFAULT, nodes, perNode);
    }

    static Ranks of(Path folder, Workload workload, LaunchRole role, LaunchVariant variant, int nodes, int perNode)
            throws IOException {
        return of(folder, workload, role, variant, nodes, perNode, 20);
    }

    /** @param deadline of a phase, seconds */
    static Ranks of(
            Path folder,
            Workload workload,
            LaunchRole role,
            LaunchVariant variant,
            int nodes,
            int perNode,
            double deadline)
            throws IOException {
        List<String> names = new ArrayList<>();
        for (int node = 1; node <= nodes; node++) {
            names.add("node" + node);
        }
        Spec spec = new Spec(
                Spec.SCHEMA,
                "run-1",
                "plan-1",
                workload.key(),
                "launch-1",
                role,
                0,
                workload,
                DeviceKind.REFERENCE,
                names,
                perNode,
                0.05,
                0.02,
                deadline,
                System.nanoTime(),
                true,
                List.of(),
                variant);
        Files.writeString(folder.resolve("spec.json"), StrictJson.mapper().writeValueAsString(spec));
        Files.writeString(folder.resolve("secret"), "a secret of the run, long enough");
        Files.writeString(folder.resolve("canary"), "run-1");
        return new Ranks(folder, spec);
    }

    static DeviceFactory reference() {
        return (spec, environment) -> new ReferenceDevice(environment.node(), environment.localRank());
    }

    /** All healthy but one rank. */
    static DeviceFactory faulty(int rank, FaultyDevice.Fault fault) {
        return (spec, environment) -> environment.rank() == rank
                ? new FaultyDevice(environment, fault)
                : reference().open(spec, environment);
    }

    /** Exit codes by rank. */
    List<Integer> run(DeviceFactory devices) throws Exception {
        return RankThreads.run(spec.worldSize(), rank -> Worker.run(environment(rank), devices, code -> {}));
    }

    RankEnvironment environment(int rank) {
        int local = rank % spec.gpusPerNode();
        return new RankEnvironment(
                folder.resolve("spec.json"),
                rank,
                local,
                spec.nodes().get(rank / spec.gpusPerNode()),
                local,
                Optional.of(folder.resolve("secret")),
                Optional.of(folder.resolve("canary")));
    }

    RankResult result(int rank) {
        return ResultReader.read(
                environment(rank).result(),
                new ResultReader.Expected("run-1", "plan-1", spec.experiment(), "launch-1", rank, spec.worldSize()));
    }

    List<RankResult> results() {
        List<RankResult> results = new ArrayList<>();
        for (int rank = 0; rank < spec.worldSize(); rank++) {
            results.add(result(rank));
        }
        return results;
    }

    /** The launch as it is collected when every rank left its result. */
    LaunchResult launch() {
        return launch(spec, results());
    }

    static LaunchResult launch(Spec spec, List<RankResult> results) {
        return new LaunchResult(
                spec.launch(),
                spec.role(),
                spec.repetition(),
                spec.nodes(),
                spec.gpusPerNode(),
                results,
                List.of(),
                Optional.empty(),
                spec.variant());
    }
}
