package dev.assay.worker;

import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchRole;
import dev.assay.plan.Spec;
import dev.assay.workload.Sft;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Who writes: the header of the result file. */
final class Identity {
    private Identity() {}

    static Header header(Spec spec, RankEnvironment environment) {
        return new Header(
                Header.SCHEMA,
                spec.runId(),
                spec.planHash(),
                spec.experiment(),
                spec.launch(),
                environment.rank(),
                spec.worldSize(),
                environment.node(),
                environment.localRank(),
                host(),
                bootId(),
                ProcessHandle.current().pid(),
                communicator(spec, environment.rank()));
    }

    /** A baseline has one communicator a node, or for each few nodes that train together; every other launch one over all. */
    static List<Integer> communicator(Spec spec, int rank) {
        if (spec.role() != LaunchRole.BASELINE) {
            return IntStream.range(0, spec.worldSize()).boxed().toList();
        }
        int size = spec.gpusPerNode() * (spec.workload() instanceof Sft sft ? sft.baselineNodes() : 1);
        if (spec.worldSize() % size != 0) {
            throw new WorkerException(
                    "grouping the baseline's ranks: " + spec.worldSize() + " ranks, expected a multiple" + " of the "
                            + size + " of each communicator; look at the spec's baselineNodes");
        }
        int first = rank / size * size;
        return IntStream.range(first, first + size).boxed().toList();
    }

    /** @throws WorkerException if the launcher put this rank elsewhere than the spec's order of nodes says */
    static void requirePlaced(Spec spec, RankEnvironment environment) {
        int node = spec.nodes().indexOf(environment.node());
        if (node < 0 || environment.rank() != node * spec.gpusPerNode() + environment.localRank()) {
            throw new WorkerException("placing rank " + environment.rank() + ": it runs on " + environment.node()
                    + " as local rank " + environment.localRank() + ", expected by the spec's order of nodes "
                    + spec.nodes() + " with " + spec.gpusPerNode() + " a node; look at the launcher's distribution");
        }
    }

    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return hostByName();
        }
    }

    private static String hostByName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new WorkerException("finding this host's name: " + e + "; set it with hostnamectl", e);
        }
    }

    /** The same for all processes of one host until it restarts. */
    static String bootId() {
        Path file = Path.of("/proc/sys/kernel/random/boot_id");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new WorkerException("reading this host's boot id from " + file + ": " + e + "; Linux has it", e);
        }
    }
}
